/** The assistant's HTTP interface. */

import { readEvents } from "./stream.js";

const REQUEST_TIMEOUT = 15_000;
const TURN_TIMEOUT = 35_000; // the server gives a turn up after 20 s; its answer must still get here
const STREAM_SILENCE = 40_000; // heartbeats come every 15 s

/** A request that did not succeed. `status` 0: the assistant was not reached at all. */
export class ApiError extends Error {
  /** @param {{status?: number, code?: string, detail?: string, retryAfter?: number}} problem retryAfter in seconds */
  constructor({ status = 0, code = "", detail = "", retryAfter = 0 } = {}) {
    super(detail || code || `status ${status}`);
    Object.assign(this, { status, code, detail, retryAfter });
  }

  /** The conversation is no longer known: a new one is needed. */
  get lost() {
    return this.status === 401 || (this.status === 404 && this.code === "unknown_conversation");
  }

  /** The same request may succeed later. A 404 without a code comes from something in between, not from the assistant. */
  get temporary() {
    return this.status === 0 || this.status >= 500 || [404, 408, 425, 429].includes(this.status);
  }
}

async function problem(response) {
  const body = await response.json().catch(() => ({}));
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return new ApiError({
    status: response.status,
    code: typeof body?.code === "string" ? body.code : "",
    detail: typeof body?.detail === "string" ? body.detail : "",
    retryAfter: Number.isFinite(seconds) ? Math.max(0, seconds) : 0,
  });
}

export class Api {
  /** Language of error messages: "zh" or "en". */
  language = "zh";
  #root;

  /** @param {string} base address of the assistant, with a trailing slash */
  constructor(base) {
    this.#root = `${base}api/chat/`;
  }

  /** @returns {Promise<{title: string, city: string, max_length: number, quick_questions: string[]}>} */
  config(signal) {
    return this.#json("config", { signal });
  }

  /** @returns {Promise<{id: string, token: string, messages: object[]}>} a new conversation with its greeting */
  begin(signal) {
    return this.#json("conversations", { method: "POST", body: { locale: this.language }, signal });
  }

  /** @returns {Promise<{messages: object[], handled_by: "bot"|"agent"}>} what came after message number `after` (null: all) */
  messages(conversation, after, signal) {
    return this.#json(`${path(conversation)}${since(after)}`, { conversation, signal });
  }

  /** Send a message; sending it again with the same id is safe. Resolves to `{messages}` of this turn. */
  send(conversation, { message_id, text, payload }, signal) {
    const body = { message_id, text, payload };
    const options = { method: "POST", body, conversation, signal, timeout: TURN_TIMEOUT };
    return this.#json(`${path(conversation)}/messages`, options);
  }

  /** Say whether the answer of a turn helped: "up" or "down". */
  feedback(conversation, turnId, value) {
    const body = { turn_id: turnId, value };
    return this.#json(`${path(conversation)}/feedback`, { method: "POST", body, conversation });
  }

  /** Yield messages as they come, until the line ends. */
  async *events(conversation, after, signal) {
    const line = linked(signal, REQUEST_TIMEOUT);
    try {
      const where = `${path(conversation)}/events${since(after)}`;
      const response = await this.#fetch(where, { conversation }, line.signal);
      line.keep();
      for await (const event of readEvents(response, STREAM_SILENCE)) {
        if (event.type === "message") yield JSON.parse(event.data);
      }
    } finally {
      line.end();
    }
  }

  async #json(where, { signal, timeout = REQUEST_TIMEOUT, ...options }) {
    const line = linked(signal, timeout);
    try {
      const response = await this.#fetch(where, options, line.signal);
      if (response.status === 204) return null;
      // A page of HTML in place of JSON is somebody else's sign-in page: the assistant was not reached.
      return await response.json();
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiError();
    } finally {
      line.end();
    }
  }

  async #fetch(where, { method = "GET", body, conversation }, signal) {
    const headers = { Accept: "application/json", "Accept-Language": this.language === "en" ? "en" : "zh-CN" };
    if (body) headers["Content-Type"] = "application/json";
    if (conversation) headers.Authorization = `Bearer ${conversation.token}`;
    const content = body ? JSON.stringify(body) : undefined;
    const response = await fetch(this.#root + where, { method, headers, body: content, signal, cache: "no-store" });
    if (!response.ok) throw await problem(response);
    return response;
  }
}

function path(conversation) {
  return `conversations/${encodeURIComponent(conversation.id)}`;
}

function since(seq) {
  return seq === null ? "" : `?after=${seq}`;
}

/** An abort signal that follows `parent` and fires after `milliseconds` unless kept. */
function linked(parent, milliseconds) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, milliseconds);
  if (parent?.aborted) abort();
  parent?.addEventListener("abort", abort);
  return {
    signal: controller.signal,
    keep: () => clearTimeout(timer),
    end: () => {
      clearTimeout(timer);
      parent?.removeEventListener("abort", abort);
      abort();
    },
  };
}
