/** <wenzheng-chat>: joins the frame, the log, the composer and the conversation. */

import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { fill, LABELS } from "./labels.js";
import { Session } from "./session.js";
import { createShell, showStatus, showUnread, translateShell } from "./shell.js";
import { Storage } from "./storage.js";
import { Store } from "./store.js";
import { applyStyles } from "./styles.js";
import { Transcript } from "./transcript.js";
import { followKeyboard } from "./viewport.js";

const DOUBLE_PRESS = 800; // milliseconds within which the same button pressed again is the same wish

/**
 * Attributes: `base` (address of the assistant, with a trailing slash), `mode` ("bubble" or "page"), `language` ("zh" or
 * "en"), `heading`, `theme` ("light"). Events, which reach the host page: `wenzheng-open`, `wenzheng-close`,
 * `wenzheng-language` (detail: the language), `wenzheng-config` (detail: the settings the assistant gave).
 */
export class WenzhengChat extends HTMLElement {
  #storage;
  #store;
  #api;
  #session;
  #composer;
  #shell;
  #transcript;
  #language;
  #seen = 0;
  #configured = false;
  #lastPress = { title: "", at: 0 };

  /** Build the chat once; a host page that moves the element about keeps its conversation. */
  async connectedCallback() {
    if (this.#store) {
      this.#resume();
      return;
    }
    const base = this.getAttribute("base") || `${location.origin}/`;
    this.#storage = new Storage(base);
    this.#store = new Store();
    this.#api = new Api(base);
    this.#build();
    this.#speak(this.#storage.get("language") ?? this.getAttribute("language"));
    const root = this.attachShadow({ mode: "open" });
    await applyStyles(root);
    root.append(this.#shell.panel, ...(this.#isBubble ? [this.#shell.launcher] : []));
    this.#session = new Session({ api: this.#api, storage: this.#storage, store: this.#store });
    this.#seen = this.#storage.get("seen") ?? 0;
    this.#tell("wenzheng-language", this.#language);
    this.#store.subscribe(() => this.#render());
    this.#store.update({});
    if (this.#isBubble) this.#beginClosed();
    this.#resume();
  }

  /** Taken off the page and not put back elsewhere, the chat lets go of the server. */
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#session?.stop());
  }

  /** Open the bubble. */
  open() {
    this.setAttribute("open", "");
    this.#shell.panel.hidden = false;
    this.#shell.launcher.setAttribute("aria-expanded", "true");
    this.#session.start();
    this.#render();
    this.#transcript.toEnd();
    this.#focusInput();
    this.#tell("wenzheng-open");
  }

  /** Close the bubble; the conversation goes on. */
  close() {
    this.removeAttribute("open");
    this.#shell.panel.hidden = true;
    this.#shell.launcher.setAttribute("aria-expanded", "false");
    this.#shell.launcher.focus();
    this.#tell("wenzheng-close");
  }

  get #isBubble() {
    return this.getAttribute("mode") !== "page";
  }

  get #isVisible() {
    return !this.#shell.panel.hidden;
  }

  get #labels() {
    return LABELS[this.#language];
  }

  #build() {
    this.#composer = new Composer({
      draft: this.#storage.get("draft") ?? "",
      onSend: (text) => this.#session.send(text),
      onDraft: (text) => (text ? this.#storage.set("draft", text) : this.#storage.remove("draft")),
    });
    this.#shell = createShell(this.#composer.node);
    const { launcher, panel, close, language, restart, retry, yes, no, log, newer } = this.#shell;
    launcher.addEventListener("click", () => (this.#isVisible ? this.close() : this.open()));
    close.addEventListener("click", () => this.close());
    language.addEventListener("click", () => this.#switchLanguage());
    restart.addEventListener("click", () => this.#askRestart());
    retry.addEventListener("click", () => this.#session.retry());
    yes.addEventListener("click", () => this.#restart());
    no.addEventListener("click", () => this.#endAsking());
    panel.addEventListener("keydown", (event) => this.#escape(event));
    panel.setAttribute("role", this.#isBubble ? "dialog" : "region");
    close.hidden = !this.#isBubble;
    this.#transcript = new Transcript(log, newer, {
      press: (button) => this.#press(button),
      rate: (turnId, value) => this.#session.rate(turnId, value),
      resend: (id) => this.#session.resend(id),
      edit: (id) => this.#edit(id),
      discard: (id) => this.#session.discard(id),
    });
  }

  #beginClosed() {
    this.#shell.panel.hidden = true;
    this.#shell.launcher.setAttribute("aria-expanded", "false");
    followKeyboard(this.#shell.panel);
  }

  /** Link to the server; a closed bubble only when there is a conversation to be told of. */
  #resume() {
    if (this.isConnected && (this.#isVisible || this.#session?.exists)) this.#session?.start();
  }

  #speak(language) {
    this.#language = language in LABELS ? language : "zh";
    this.#api.language = this.#language;
    translateShell(this.#shell, this.#labels);
    this.#composer.translate(this.#labels);
  }

  #switchLanguage() {
    this.#speak(this.#language === "zh" ? "en" : "zh");
    this.#storage.set("language", this.#language);
    this.#render();
    this.#tell("wenzheng-language", this.#language);
  }

  #render() {
    const { state } = this.#store;
    this.#shell.title.textContent = this.getAttribute("heading") || state.config?.title || this.#labels.title;
    if (state.config && !this.#configured) {
      this.#configured = true;
      this.#tell("wenzheng-config", state.config);
    }
    if (state.config?.max_length) this.#composer.limit = state.config.max_length;
    this.#transcript.render(state, this.#labels);
    showStatus(this.#shell, state, this.#labels);
    this.#countUnread(state.messages);
  }

  #countUnread(messages) {
    const newest = messages.at(-1)?.seq ?? 0;
    if (this.#isVisible && newest && newest !== this.#seen) {
      this.#seen = newest;
      this.#storage.set("seen", newest);
    }
    const unread = messages.filter((message) => message.role !== "citizen" && message.seq > this.#seen).length;
    showUnread(this.#shell, this.#isVisible ? 0 : unread, this.#labels);
  }

  #press({ title, payload }) {
    const now = Date.now();
    if (this.#lastPress.title === title && now - this.#lastPress.at < DOUBLE_PRESS) return;
    this.#lastPress = { title, at: now };
    this.#session.send(title, payload);
    this.#focusInput();
  }

  /** On touch screens the keyboard would cover the answer: there the log takes the focus. */
  #focusInput() {
    if (matchMedia("(pointer: coarse)").matches) this.#shell.log.focus({ preventScroll: true });
    else this.#composer.focus();
  }

  #edit(id) {
    const entry = this.#store.state.outbox.find((one) => one.message_id === id);
    this.#session.discard(id);
    if (entry) this.#composer.restore(entry.text);
  }

  #askRestart() {
    const unsent = this.#store.state.outbox.length;
    const question = unsent ? fill(this.#labels.restart_unsent, { n: unsent }) : this.#labels.restart_ask;
    this.#shell.question.textContent = question;
    this.#shell.confirm.hidden = false;
    this.#shell.yes.focus();
  }

  #restart() {
    this.#endAsking();
    this.#session.restart();
    this.#focusInput();
  }

  #endAsking() {
    this.#shell.confirm.hidden = true;
    this.#shell.restart.focus();
  }

  #escape(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    if (!this.#shell.confirm.hidden) this.#endAsking();
    else if (this.#isBubble) this.close();
    else return;
    event.stopPropagation();
  }

  #tell(type, detail = null) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

if (!customElements.get("wenzheng-chat")) customElements.define("wenzheng-chat", WenzhengChat);
