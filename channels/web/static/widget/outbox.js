/** Messages the citizen has written and the assistant has not yet acknowledged, oldest first. */

/**
 * @typedef {{message_id: string, text: string, payload: string|null, at: string, failed: string|null}} Entry
 * `failed` is why the assistant refused it, in the citizen's language; null while it is still to be sent.
 */

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
    return this.list().find((entry) => entry.failed === null);
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

  /** Forget all of them. */
  clear() {
    this.#storage.remove("outbox");
  }
}
