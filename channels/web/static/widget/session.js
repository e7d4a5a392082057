/** One citizen's conversation: begun or restored, kept linked to the server, started over. */

import { Courier } from "./courier.js";
import { delay } from "./delay.js";
import { Outbox } from "./outbox.js";
import { troubleOf } from "./trouble.js";

const HIDDEN_BEFORE_SLEEP = 60_000; // browsers allow few lines to one server; a tab nobody sees gives its own back
const STREAM_COUNTS_AS_GOOD = 5_000;

export class Session {
  #api;
  #storage;
  #store;
  #outbox;
  #courier;
  #conversation = null;
  #era = null;
  #wake = () => {};

  /**
   * @param {object} parts
   * @param {import("./api.js").Api} parts.api
   * @param {import("./storage.js").Storage} parts.storage
   * @param {import("./store.js").Store} parts.store
   */
  constructor({ api, storage, store }) {
    this.#api = api;
    this.#storage = storage;
    this.#store = store;
    this.#outbox = new Outbox(storage);
    this.#courier = new Courier({
      api,
      store,
      outbox: this.#outbox,
      onLost: () => this.#replace("lost"),
      onReached: () => this.#reached(),
    });
    this.#outbox.reopen();
    store.update({ outbox: this.#outbox.list() });
    window.addEventListener("online", () => this.retry());
    window.addEventListener("offline", () => this.#unreached());
    window.addEventListener("storage", (event) => this.#changedElsewhere(event));
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
  }

  /** There is something to restore: a conversation or unsent messages of an earlier visit. */
  get exists() {
    return Boolean(this.#storage.get("conversation")) || this.#outbox.list().length > 0;
  }

  /** Begin or restore the conversation and stay linked. Called again it does nothing. */
  start() {
    if (this.#era) return;
    this.#era = new AbortController();
    this.#conversation = this.#storage.get("conversation");
    this.#stayLinked(this.#era.signal);
  }

  /** Let go of the server; `start` takes up again. */
  stop() {
    this.#era?.abort();
    this.#era = null;
    this.#courier.reset();
    this.#store.update({ inFlight: null });
  }

  /** Send what the citizen wrote or pressed; it is kept until the server has it. */
  send(text, payload = null) {
    this.#outbox.add(text, payload);
    this.#store.update({ outbox: this.#outbox.list() });
    this.#flush();
  }

  /** Try a refused message again. */
  resend(messageId) {
    this.#outbox.mark(messageId, null);
    this.#store.update({ outbox: this.#outbox.list() });
    this.#flush();
  }

  /** Take back a message that was not sent. */
  discard(messageId) {
    this.#outbox.remove(messageId);
    this.#store.update({ outbox: this.#outbox.list() });
  }

  /** Try at once instead of waiting. */
  retry() {
    this.#wake();
    this.#flush();
  }

  /** Leave this conversation and its unsent messages behind and begin a new one. */
  restart() {
    this.#outbox.clear();
    this.#store.update({ outbox: [], unplaced: [] });
    this.#replace("");
  }

  /**
   * Say whether an answer helped.
   * @param {string} turnId
   * @param {"up"|"down"} value
   * @returns {Promise<boolean>} whether it arrived; if not, the earlier opinion is shown again
   */
  async rate(turnId, value) {
    const before = this.#store.rate(turnId, value);
    try {
      await this.#api.feedback(this.#conversation, turnId, value);
      return true;
    } catch {
      this.#store.rate(turnId, before);
      return false;
    }
  }

  #replace(notice) {
    this.stop();
    this.#outbox.reopen();
    this.#storage.remove("conversation");
    this.#store.clear(notice);
    this.start();
  }

  /** Another tab began a new conversation or ended one: follow it. */
  #changedElsewhere(event) {
    if (event.key === this.#storage.nameOf("outbox")) this.#store.update({ outbox: this.#outbox.list() });
    if (event.key !== this.#storage.nameOf("conversation") || !event.newValue || !this.#era) return;
    if (this.#storage.get("conversation")?.id === this.#conversation?.id) return;
    this.stop();
    this.#store.clear();
    this.start();
  }

  /** Show messages of the server; what they answer need not be sent again. */
  #take(messages) {
    this.#store.merge(messages);
    if (!this.#outbox.settle(messages)) return;
    this.#store.update({ outbox: this.#outbox.list() });
    this.#flush();
  }

  #flush() {
    if (this.#era && this.#conversation) this.#courier.flush(this.#conversation, this.#era.signal);
  }

  #reached() {
    this.#store.update({ connection: { kind: "ok", detail: "" } });
    this.#wake();
  }

  #unreached(error = null) {
    this.#store.update({ connection: troubleOf(error) });
  }

  /** Restore, listen, and when the line breaks wait and do it again, until this conversation is left. */
  async #stayLinked(signal) {
    let failures = 0;
    while (!signal.aborted) {
      let wait = 0;
      try {
        await this.#establish(signal);
        const since = Date.now();
        wait = (await this.#listen(signal)) * 1000;
        failures = Date.now() - since > STREAM_COUNTS_AS_GOOD ? 0 : failures + 1;
      } catch (error) {
        if (signal.aborted) return;
        this.#unreached(error);
        failures += 1;
        wait = (error.retryAfter ?? 0) * 1000;
      }
      await this.#pause(Math.max(wait, delay(Math.max(0, failures - 1))), signal);
    }
  }

  async #establish(signal) {
    const [, conversation] = await Promise.allSettled([this.#configure(signal), this.#load(signal)]);
    if (signal.aborted) return;
    if (conversation.status === "rejected") throw conversation.reason;
    this.#store.update({ ready: true, connection: { kind: "ok", detail: "" } });
    this.#flush();
  }

  async #configure(signal) {
    if (!this.#store.state.config) this.#store.update({ config: await this.#api.config(signal) });
  }

  async #load(signal) {
    if (this.#conversation) {
      try {
        await this.#refresh(signal);
        return;
      } catch (error) {
        if (!error.lost || signal.aborted) throw error;
        this.#conversation = null;
        this.#outbox.reopen();
        this.#storage.remove("conversation");
        this.#store.clear("lost");
      }
    }
    const { id, token, messages } = await this.#api.begin(signal);
    if (signal.aborted) return;
    this.#conversation = { id, token };
    this.#storage.set("conversation", this.#conversation);
    this.#store.merge(messages);
  }

  async #refresh(signal) {
    const { messages, handled_by } = await this.#api.messages(this.#conversation, this.#store.lastSeq, signal);
    if (signal.aborted) return;
    this.#take(messages);
    this.#store.update({ handledBy: handled_by });
  }

  /**
   * Take messages as they come. A broken line is no error: what was missed is fetched when linking again.
   * @returns {Promise<number>} seconds that the assistant asks to wait before the next try
   */
  async #listen(signal) {
    const line = new AbortController();
    let sleep = 0;
    const end = () => line.abort();
    const watch = () => {
      clearTimeout(sleep);
      if (document.hidden) sleep = setTimeout(end, HIDDEN_BEFORE_SLEEP);
    };
    signal.addEventListener("abort", end);
    document.addEventListener("visibilitychange", watch);
    // The browser believes the network changed: only linking again shows whether the assistant can be reached.
    window.addEventListener("online", end);
    window.addEventListener("offline", end);
    watch();
    let retryAfter = 0;
    try {
      for await (const message of this.#api.events(this.#conversation, this.#store.lastSeq, line.signal)) {
        if (signal.aborted) return 0;
        this.#take([message]);
        if (this.#handlerMayHaveChanged(message)) await this.#refresh(signal);
      }
    } catch (error) {
      // Said to the citizen only if linking again fails too; without a stream each linking asks for what is new.
      retryAfter = error.retryAfter ?? 0;
    } finally {
      clearTimeout(sleep);
      signal.removeEventListener("abort", end);
      document.removeEventListener("visibilitychange", watch);
      window.removeEventListener("online", end);
      window.removeEventListener("offline", end);
    }
    if (document.hidden) await this.#pause(Infinity, signal);
    return retryAfter;
  }

  #handlerMayHaveChanged(message) {
    return message.role === (this.#store.state.handledBy === "agent" ? "bot" : "staff");
  }

  /** Wait; being woken, shown or left ends the wait. */
  #pause(milliseconds, signal) {
    return new Promise((resolve) => {
      let timer = 0;
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#wake = () => {};
        resolve();
      };
      if (Number.isFinite(milliseconds)) timer = setTimeout(done, milliseconds);
      signal.addEventListener("abort", done);
      this.#wake = done;
      if (signal.aborted) done();
    });
  }
}
