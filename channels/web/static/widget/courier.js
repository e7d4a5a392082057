/** Brings the outbox to the assistant: in order, one at a time, again and again until each message is acknowledged. */

import { delay } from "./delay.js";
import { UNANSWERED } from "./outbox.js";
import { troubleOf } from "./trouble.js";

// A message that the assistant itself fails at again and again must not hold up those behind it: so often for errors,
// and for “not now” about as long as a restart takes.
const FAULTS_ALLOWED = { 500: 4, 503: 6 };

export class Courier {
  #api;
  #outbox;
  #store;
  #onLost;
  #onReached;
  #working = null;
  #timer = 0;
  #notBefore = 0;
  #failures = 0;
  #faults = new Map();

  /** `onLost()` when the conversation is unknown to the server; `onReached()` when a message got through. */
  constructor({ api, outbox, store, onLost, onReached }) {
    this.#api = api;
    this.#outbox = outbox;
    this.#store = store;
    this.#onLost = onLost;
    this.#onReached = onReached;
  }

  /** Send what waits. Called while already sending it does nothing: what was added is sent in turn. */
  async flush(conversation, signal) {
    if (this.#working === signal || signal.aborted || Date.now() < this.#notBefore) return;
    clearTimeout(this.#timer);
    this.#working = signal;
    let going = true;
    for (let entry = this.#outbox.next(); entry && going; entry = this.#outbox.next()) {
      going = await this.#deliver(entry, conversation, signal);
    }
    if (this.#working === signal) this.#working = null;
  }

  /** Forget waiting times: a new conversation begins. */
  reset() {
    clearTimeout(this.#timer);
    this.#notBefore = 0;
    this.#failures = 0;
    this.#faults.clear();
  }

  async #deliver(entry, conversation, signal) {
    this.#store.update({ inFlight: entry.message_id });
    try {
      const { messages } = await this.#api.send(conversation, entry, signal);
      if (signal.aborted) return false;
      if (messages.some((message) => message.seq === null)) this.#outbox.markAnswered(entry.message_id);
      else this.#outbox.remove(entry.message_id);
      this.#failures = 0;
      this.#store.merge(messages);
      this.#onReached();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      return this.#failed(entry, error, () => this.flush(conversation, signal));
    } finally {
      if (!signal.aborted) this.#store.update({ inFlight: null, outbox: this.#outbox.list() });
    }
  }

  /** Decide what a failure means; true when the next message may be tried. */
  #failed(entry, error, again) {
    if (error.lost) {
      this.#onLost();
      return false;
    }
    if (!error.temporary) {
      this.#outbox.mark(entry.message_id, error.detail || String(error.status));
      return true;
    }
    if (this.#isFaulty(entry, error)) {
      this.#outbox.mark(entry.message_id, UNANSWERED);
      this.#faults.delete(entry.message_id);
      this.#failures = 0;
      return true;
    }
    const wait = Math.max(error.retryAfter * 1000, delay(this.#failures));
    this.#failures += 1;
    if (error.status === 429) this.#notBefore = Date.now() + wait;
    this.#timer = setTimeout(again, wait + 5);
    this.#store.update({ connection: troubleOf(error) });
    return false;
  }

  /** Whether it is this message that fails: the assistant answers, in its own words and not a proxy's, and has tried enough. */
  #isFaulty(entry, error) {
    if (!(error.status in FAULTS_ALLOWED) || !error.code) return false;
    const faults = (this.#faults.get(entry.message_id) ?? 0) + 1;
    this.#faults.set(entry.message_id, faults);
    return faults >= FAULTS_ALLOWED[error.status];
  }
}
