/** What the chat shows, in one place; listeners hear of changes once per burst. */

const EMPTY = { messages: [], handledBy: "bot", notice: "", ready: false };

export class Store {
  /**
   * messages: those of the server, by seq · unplaced: answered, but not stored yet · outbox: entries not acknowledged · inFlight: id of the message being sent ·
   * connection: {kind: "connecting"|"ok"|"offline"|"trouble"|"limited", detail} · handledBy: "bot"|"agent" ·
   * notice: name of a label said once in the log · ready: the conversation has been loaded
   */
  state = { ...EMPTY, config: null, outbox: [], unplaced: [], inFlight: null, connection: { kind: "connecting", detail: "" } };
  #listeners = new Set();
  #announced = false;

  /** Call `listener(state)` after changes. */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** Change part of the state. */
  update(patch) {
    Object.assign(this.state, patch);
    if (this.#announced) return;
    this.#announced = true;
    queueMicrotask(() => {
      this.#announced = false;
      for (const listener of this.#listeners) listener(this.state);
    });
  }

  /** Take in messages of the server. They come by several ways, so one already known is not added again. */
  merge(messages) {
    const bySeq = new Map(this.state.messages.map((message) => [message.seq, message]));
    for (const message of messages) if (Number.isInteger(message?.seq)) bySeq.set(message.seq, message);
    const placed = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
    const keyOf = ({ role, message_id }) => `${role}:${message_id}`;
    const known = new Set(placed.map(keyOf));
    const fresh = messages.filter((message) => message?.seq === null);
    const unplaced = new Map([...this.state.unplaced, ...fresh].map((message) => [keyOf(message), message]));
    this.update({ messages: placed, unplaced: [...unplaced.values()].filter((message) => !known.has(keyOf(message))) });
  }

  /** Forget the conversation, keeping settings, unsent messages and answers that are not stored yet. */
  clear(notice = "") {
    this.update({ ...EMPTY, notice });
  }

  /** Number of the newest message, null when there is none. */
  get lastSeq() {
    return this.state.messages.at(-1)?.seq ?? null;
  }

  /** Note the citizen's opinion of a turn; returns what it was before. */
  rate(turnId, value) {
    const before = this.state.messages.find((message) => message.turn_id === turnId)?.feedback ?? null;
    const rated = (message) => (message.turn_id === turnId ? { ...message, feedback: value } : message);
    this.update({ messages: this.state.messages.map(rated) });
    return before;
  }
}
