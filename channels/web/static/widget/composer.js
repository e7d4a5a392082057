/** Where the citizen writes. */

import { h, icon } from "./dom.js";
import { fill } from "./labels.js";

const COUNTER_FROM = 0.8; // of the greatest length: earlier the counter would only distract
const KEY_OF_INPUT_METHOD = 229; // reported for keys that an input method has taken for itself

export class Composer {
  #labels;
  #limit = 2000;
  #onSend;
  #onDraft;
  #input = h("textarea", {
    class: "input",
    id: "wz-input",
    testid: "wz-input",
    rows: 1,
    enterkeyhint: "send",
    autocomplete: "off",
    "aria-describedby": "wz-counter",
  });
  #caption = h("label", { class: "unseen", for: "wz-input" });
  #counter = h("p", { class: "counter", id: "wz-counter", role: "status", testid: "wz-counter", hidden: true });
  #button = h("button", { type: "submit", class: "send", testid: "wz-send", disabled: true });

  /**
   * @param {{onSend: (text: string) => void, onDraft: (text: string) => void, draft: string}} options
   * onDraft hears of every change, so that words survive a reload
   */
  constructor({ onSend, onDraft, draft }) {
    this.#onSend = onSend;
    this.#onDraft = onDraft;
    this.#input.value = draft;
    const row = h("div", { class: "writing" }, this.#caption, this.#input, this.#button);
    this.node = h("form", { class: "composer" }, this.#counter, row);
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#input.addEventListener("input", () => this.#changed());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Show labels of a language. */
  translate(labels) {
    this.#labels = labels;
    this.#caption.textContent = labels.input;
    this.#input.placeholder = labels.placeholder;
    this.#button.replaceChildren(icon("send"), h("span", {}, labels.send));
    this.#changed();
  }

  /** Set the greatest length of a message, in characters. */
  set limit(characters) {
    if (characters === this.#limit) return;
    this.#limit = characters;
    this.#changed();
  }

  /** Put words back for editing, before what is already written. */
  restore(text) {
    this.#input.value = [text, this.#input.value].filter(Boolean).join("\n");
    this.#changed();
    this.focus();
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  #key(event) {
    const composing = event.isComposing || event.keyCode === KEY_OF_INPUT_METHOD;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#input.value.trim();
    if (!text || this.#length > this.#limit) return;
    this.#input.value = "";
    this.#changed();
    this.#onSend(text);
  }

  /** In characters as people count them, not in UTF-16 units. */
  get #length() {
    return [...this.#input.value.trim()].length;
  }

  #changed() {
    const left = this.#limit - this.#length;
    this.#counter.hidden = this.#length < this.#limit * COUNTER_FROM;
    this.#counter.classList.toggle("over", left < 0);
    this.#counter.textContent = this.#counter.hidden
      ? ""
      : fill(left < 0 ? this.#labels.over : this.#labels.left, { n: Math.abs(left) });
    this.#input.setAttribute("aria-invalid", String(left < 0));
    this.#button.disabled = left < 0 || this.#length === 0;
    this.#input.style.height = "auto";
    if (this.#input.scrollHeight) this.#input.style.height = `${this.#input.scrollHeight}px`;
    this.#onDraft(this.#input.value);
  }
}
