/** Server-sent events read from a fetch response: EventSource cannot send the token as a header. */

/** Turns chunks of text into events; a chunk may end anywhere. */
export class EventParser {
  #rest = "";
  #id = "";
  #type = "";
  #data = [];

  /**
   * @param {string} chunk
   * @returns {{id: string, type: string, data: string}[]} the events completed by this chunk
   */
  push(chunk) {
    const text = this.#rest + chunk;
    // A trailing CR may be the first half of CRLF: it waits for the next chunk.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    return lines.map((line) => this.#line(line)).filter(Boolean);
  }

  #line(line) {
    if (line === "") return this.#complete();
    const colon = line.indexOf(":");
    if (colon === 0) return null; // a comment, sent as heartbeat
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#type = value;
    else if (field === "id") this.#id = value;
    return null;
  }

  #complete() {
    const event = { id: this.#id, type: this.#type || "message", data: this.#data.join("\n") };
    const empty = this.#data.length === 0;
    this.#type = "";
    this.#data = [];
    return empty ? null : event;
  }
}

/**
 * Yield the events of a response until it ends.
 * @param {Response} response
 * @param {number} silence milliseconds without a byte, heartbeats included, after which the line counts as dead
 * @returns {AsyncGenerator<{id: string, type: string, data: string}>}
 */
export async function* readEvents(response, silence) {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await withinTime(reader.read(), silence);
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {}); // already closed when the network failed
  }
}

function withinTime(promise, milliseconds) {
  let timer;
  const expiry = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("silent stream")), milliseconds);
  });
  return Promise.race([promise, expiry]).finally(() => clearTimeout(timer));
}
