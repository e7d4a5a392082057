/** The log: keeps what is on the screen in step with the state, and the reader's place in it. */

import { h } from "./dom.js";
import { createMessage } from "./message.js";

const PAUSE_WORTH_A_TIME = 10 * 60_000;
const NEAR_THE_END = 120;
const CONTEXT_ABOVE = 80; // the question, if it is one line, stays in sight

export class Transcript {
  #log;
  #newer;
  #actions;
  #shown = new Map();
  #labels = null;
  #thinking = h("div", { class: "thinking", testid: "wz-typing", "aria-hidden": "true" }, h("i"), h("i"), h("i"));

  /**
   * @param {HTMLElement} log the scrolling element, role=log
   * @param {HTMLElement} newer shown while messages wait below the visible part
   * @param {object} actions press, rate, resend, edit, discard: what the citizen can do in the log
   */
  constructor(log, newer, actions) {
    this.#log = log;
    this.#newer = newer;
    this.#actions = actions;
    log.addEventListener("scroll", () => {
      if (this.#atEnd()) newer.hidden = true;
    });
    newer.addEventListener("click", () => this.toEnd());
  }

  /** Show the state, with labels of one language. */
  render(state, labels) {
    const restoring = this.#shown.size === 0 || labels !== this.#labels;
    if (labels !== this.#labels) this.#reset(labels);
    const wasAtEnd = this.#atEnd();
    if (restoring) this.#log.setAttribute("aria-live", "off");
    const items = this.#items(state);
    const added = this.#reconcile(items, !restoring);
    this.#log.append(this.#thinking);
    this.#thinking.hidden = !isThinking(state);
    if (added.length) this.#follow(added, wasAtEnd, restoring);
    else if (wasAtEnd && !this.#thinking.hidden) this.toEnd();
    // Only what comes from now on is read out.
    if (restoring) setTimeout(() => this.#log.setAttribute("aria-live", "polite"), 300);
  }

  /** Scroll to the newest message. */
  toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#newer.hidden = true;
  }

  #reset(labels) {
    this.#labels = labels;
    this.#shown.clear();
    this.#log.replaceChildren();
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  }

  /** Everything to be shown, in order: a notice, the messages, what is not sent yet, the questions to begin with. */
  #items(state) {
    const told = [...state.messages, ...state.unplaced];
    const known = new Set(told.map((message) => message.message_id).filter(Boolean));
    const unsent = state.outbox.filter((entry) => !known.has(entry.message_id));
    const failed = new Map(state.outbox.filter((entry) => entry.failed !== null).map((entry) => [entry.message_id, entry]));
    const talk = [...told.map((message) => withEntry(message, failed)), ...unsent.map(asMessage)];
    const items = talk.map((message, index) => ({ message, view: viewOf(talk, index, state) }));
    if (state.notice) items.unshift({ notice: state.notice });
    const begun = talk.some((message) => message.role === "citizen");
    const questions = state.config?.quick_questions ?? [];
    if (state.ready && !begun && questions.length) items.push({ chips: questions });
    return items;
  }

  #reconcile(items, live) {
    const added = [];
    const wanted = new Set(items.map(keyOf));
    for (const [key, { node }] of this.#shown) {
      if (wanted.has(key)) continue;
      node.remove();
      this.#shown.delete(key);
    }
    let previous = null;
    for (const item of items) {
      const key = keyOf(item);
      if (!this.#shown.has(key)) {
        this.#shown.set(key, this.#create(item, live));
        added.push(item);
      }
      const { node, update } = this.#shown.get(key);
      update(item.message, item.view);
      // A node already in its place is not touched: moving it would have it read out again.
      const place = previous ? previous.nextSibling : this.#log.firstChild;
      if (place !== node) this.#log.insertBefore(node, place);
      previous = node;
    }
    return added;
  }

  #create(item, live) {
    if (item.message) return createMessage(item.message, { labels: this.#labels, live, ...this.#actions });
    const node = item.notice
      ? h("p", { class: "notice", testid: "wz-notice" }, this.#labels[item.notice])
      : this.#chips(item.chips);
    return { node, update: () => {} };
  }

  #chips(questions) {
    const chip = (question) => {
      const on = { click: () => this.#actions.press({ title: question, payload: null }) };
      return h("button", { type: "button", class: "choice chip", lang: "zh-CN", testid: "wz-chip", on }, question);
    };
    const row = h("div", { class: "choices" }, ...questions.map(chip));
    const label = this.#labels.chips;
    return h("div", { class: "chips", role: "group", "aria-label": label }, h("p", { class: "caption" }, label), row);
  }

  /** Move to what is new: to the end after the citizen's own words, to the beginning of a long reply. */
  #follow(added, wasAtEnd, restoring) {
    const own = added.some(({ message }) => message?.role === "citizen");
    if (restoring || own) {
      this.toEnd();
      return;
    }
    if (!wasAtEnd) {
      this.#newer.hidden = false;
      return;
    }
    const first = this.#shown.get(keyOf(added[0])).node;
    const top = first.offsetTop - CONTEXT_ABOVE;
    this.#log.scrollTop = Math.min(top, this.#log.scrollHeight);
  }
}

/** Dots are shown while something is on its way, not while the line is broken or a person writes. */
function isThinking({ inFlight, handledBy, connection, ready }) {
  if (connection.kind === "connecting") return !ready;
  return Boolean(inFlight) && handledBy !== "agent" && connection.kind === "ok";
}

function keyOf({ message, notice }) {
  if (notice) return `notice:${notice}`;
  if (!message) return "chips";
  // The citizen's words keep their place on the screen when the server acknowledges them.
  if (message.role === "citizen" && message.message_id) return `own:${message.message_id}`;
  return message.seq === null ? `reply:${message.message_id}` : `seq:${message.seq}`;
}

/** A message that the assistant has and could not answer still offers to be sent again. */
function withEntry(message, failed) {
  const entry = message.role === "citizen" ? failed.get(message.message_id) : undefined;
  return entry ? { ...message, entry } : message;
}

function asMessage(entry) {
  const parts = [{ type: "text", text: entry.text }];
  return { role: "citizen", message_id: entry.message_id, at: entry.at, parts, entry };
}

function viewOf(talk, index, { inFlight, connection }) {
  const message = talk[index];
  const before = talk[index - 1];
  const next = talk.slice(index + 1).find((other) => other.role === "citizen" && !other.entry?.failed);
  const time = !before || new Date(message.at) - new Date(before.at) > PAUSE_WORTH_A_TIME;
  const chosen = next?.parts?.[0]?.text ?? null;
  return { time, stale: Boolean(next), chosen, pending: pendingOf(message.entry, inFlight, connection) };
}

function pendingOf(entry, inFlight, connection) {
  if (!entry) return null;
  if (entry.failed !== null) return { state: "failed", reason: entry.failed };
  const sending = entry.message_id === inFlight && connection.kind === "ok";
  return { state: sending ? "sending" : "waiting", reason: "" };
}
