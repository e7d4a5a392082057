/** Messages the citizen has written and the assistant has not yet acknowledged, oldest first. */

/**
 * @typedef {{message_id: string, text: string, payload: string|null, at: string, failed: string|null, answered?: boolean}} Entry
 * `failed` is why the assistant refused it, in the citizen's language, or UNANSWERED; null while it is still to be sent.
 * `answered`: the answer is here, but the assistant has not stored the message yet.
 */

/** In place of a reason: the assistant failed at the message again and again. */
export const UNANSWERED = "unanswered";

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Pages served without TLS have no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export class Outbox {
  #storage;

  /** @param {import("./storage.js").Storage} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /** @returns {Entry[]} read afresh each time: another tab may have written too */
  list() {
    const kept = this.#storage.get("outbox");
    return Array.isArray(kept) ? kept.filter((entry) => entry?.message_id && entry.text) : [];
  }

  /** @returns {Entry|undefined} the oldest message still to be sent */
  next() {
    return this.list().find((entry) => entry.failed === null && !entry.answered);
  }

  /** Keep a message until it is acknowledged. */
  add(text, payload) {
    const entry = { message_id: newId(), text, payload, at: new Date().toISOString(), failed: null };
    this.#storage.set("outbox", [...this.list(), entry]);
  }

  /** Forget a message: it was acknowledged, or the citizen took it back. */
  remove(messageId) {
    this.#storage.set("outbox", this.list().filter((entry) => entry.message_id !== messageId));
  }

  /** Note that a message was refused and why; null puts it back in the queue. */
  mark(messageId, failed) {
    const change = (entry) => (entry.message_id === messageId ? { ...entry, failed } : entry);
    this.#storage.set("outbox", this.list().map(change));
  }

  /** Note that a message is answered and not stored: it is kept until it is, and sent again after a reload. */
  markAnswered(messageId) {
    const change = (entry) => (entry.message_id === messageId ? { ...entry, answered: true } : entry);
    this.#storage.set("outbox", this.list().map(change));
  }

  /** The answers that were only on the screen are gone: their messages are to be sent again. */
  reopen() {
    if (!this.list().some((entry) => entry.answered)) return;
    this.#storage.set("outbox", this.list().map((entry) => ({ ...entry, answered: false })));
  }

  /** Forget the messages that stored replies belong to; says whether there were any. */
  settle(messages) {
    const replied = messages.filter(({ role, seq }) => role === "bot" && Number.isInteger(seq));
    const ids = new Set(replied.map((message) => message.message_id));
    const left = this.list().filter((entry) => !ids.has(entry.message_id));
    if (left.length === this.list().length) return false;
    this.#storage.set("outbox", left);
    return true;
  }

  /** Forget all of them. */
  clear() {
    this.#storage.remove("outbox");
  }
}
