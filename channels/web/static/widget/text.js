/** Plain text as paragraphs, with web addresses made into links. */

import { h } from "./dom.js";

// An address ends at a space, a quotation mark or the first Chinese character or punctuation mark.
const ADDRESS = /https?:\/\/[^\s<>"'\u2018-\u201f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+/g;
const TRAILING = /[.,;:!?)\]}]+$/;

/**
 * @param {string} text
 * @returns {(string|HTMLElement)[]} text with its http and https addresses as links
 */
export function linkify(text) {
  const pieces = [];
  let position = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, "");
    pieces.push(text.slice(position, match.index));
    pieces.push(h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address));
    position = match.index + address.length;
  }
  pieces.push(text.slice(position));
  return pieces;
}

/**
 * @param {string} text lines; an empty line or a line break begins a new paragraph
 * @returns {HTMLElement[]}
 */
export function paragraphs(text) {
  const lines = String(text ?? "").split(/\n+/);
  return lines.filter((line) => line.trim()).map((line) => h("p", {}, ...linkify(line.trim())));
}

/**
 * The number to dial in a button such as {title: "报警 110", payload: "tel:110"}.
 * @param {{title: string, payload: string}} button
 * @returns {string} digits with an optional leading plus, empty when there are none
 */
export function dialled(button) {
  const found = /\+?\d[\d-]{1,18}\d/.exec(`${button.payload} ${button.title}`);
  return found ? found[0].replaceAll("-", "") : "";
}
