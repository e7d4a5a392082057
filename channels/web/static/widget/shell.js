/** The frame of the chat: launcher, header, log, status bar. Only elements and their labels, no behaviour. */

import { h, icon } from "./dom.js";
import { fill } from "./labels.js";

/**
 * @param {HTMLElement} composer the form at the bottom
 * @returns {Record<string, HTMLElement>} the named elements of the frame; `launcher` and `panel` are its roots
 */
export function createShell(composer) {
  const unread = h("span", { class: "unread", testid: "wz-unread", hidden: true });
  const caption = h("span", {});
  const launcher = h("button", { type: "button", class: "launcher", testid: "wz-launcher" }, icon("chat"), caption, unread);
  const seal = h("span", { class: "seal", "aria-hidden": "true" });
  const title = h("h2", { class: "title", id: "wz-title", testid: "wz-title" });
  const subtitle = h("p", { class: "subtitle" });
  const language = h("button", { type: "button", class: "tool", testid: "wz-language" });
  language.append(h("span", { class: "long" }), h("span", { class: "short" }));
  const restart = h("button", { type: "button", class: "tool", testid: "wz-new" });
  const close = h("button", { type: "button", class: "tool tool-icon", testid: "wz-close" }, icon("close"));
  const names = h("div", { class: "names" }, title, subtitle);
  const header = h("header", { class: "header" }, seal, names, language, restart, close);
  const question = h("p", { id: "wz-question" });
  const yes = h("button", { type: "button", class: "solid", testid: "wz-confirm" });
  const no = h("button", { type: "button", class: "quiet", testid: "wz-cancel" });
  const asking = { class: "asking", role: "alertdialog", "aria-labelledby": "wz-question", hidden: true };
  const confirm = h("div", asking, question, h("div", { class: "deciding" }, yes, no));
  const log = h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: 0, testid: "wz-log" });
  const newer = h("button", { type: "button", class: "newer", testid: "wz-newer", hidden: true }, icon("down"), h("span", {}));
  const message = h("span", {});
  const retry = h("button", { type: "button", class: "quiet", testid: "wz-retry" });
  const status = h("div", { class: "status", role: "status", testid: "wz-status", hidden: true }, message, retry);
  const busy = h("span", { class: "unseen", role: "status" });
  const middle = h("div", { class: "middle" }, log, newer);
  const panel = h("section", { class: "panel", "aria-labelledby": "wz-title", tabindex: -1, testid: "wz-panel" });
  panel.append(header, confirm, middle, busy, status, composer);
  return {
    launcher, caption, unread, panel, seal, title, subtitle, language, restart, close,
    confirm, question, yes, no, log, newer, status, message, retry, busy,
  };
}

/** Write the labels of a language into the frame. */
export function translateShell(shell, labels) {
  shell.panel.lang = labels.locale;
  shell.launcher.lang = labels.locale;
  shell.caption.textContent = labels.launcher;
  shell.seal.textContent = labels.seal;
  shell.subtitle.textContent = labels.subtitle;
  shell.language.firstChild.textContent = labels.other_language;
  shell.language.lastChild.textContent = labels.other_language_short;
  shell.language.setAttribute("aria-label", labels.other_language_label);
  shell.language.lang = labels.locale.startsWith("zh") ? "en" : "zh-CN";
  shell.restart.textContent = labels.restart;
  shell.close.setAttribute("aria-label", labels.close);
  shell.close.title = labels.close;
  shell.yes.textContent = labels.restart_yes;
  shell.no.textContent = labels.cancel;
  shell.log.setAttribute("aria-label", labels.log);
  shell.newer.lastChild.textContent = labels.newer;
  shell.retry.textContent = labels.retry;
}

/** Show how the connection stands; silence means it is well. */
export function showStatus(shell, { connection, handledBy, inFlight, ready }, labels) {
  const { kind, detail } = connection;
  const well = kind === "ok";
  const calm = well || kind === "connecting";
  const helped = handledBy === "agent" ? labels.agent : "";
  const wrong = kind === "offline" ? labels.offline : detail || labels[kind];
  const text = calm ? helped : wrong;
  shell.status.dataset.state = calm && handledBy === "agent" ? "agent" : kind;
  shell.status.hidden = !text;
  if (shell.message.textContent !== text) shell.message.textContent = text;
  shell.retry.hidden = !["trouble", "offline"].includes(kind);
  shell.panel.setAttribute("aria-busy", String(!ready));
  const waiting = inFlight && handledBy === "bot" ? labels.thinking : "";
  const busy = kind === "connecting" ? labels.connecting : well ? waiting : "";
  if (shell.busy.textContent !== busy) shell.busy.textContent = busy;
}

/** Show how many messages came while the chat was closed. */
export function showUnread(shell, count, labels) {
  shell.unread.hidden = count === 0;
  shell.unread.textContent = count > 99 ? "99+" : String(count);
  const news = count ? fill(labels.unread, { n: count }) : "";
  shell.launcher.setAttribute("aria-label", [labels.launcher, news].filter(Boolean).join(", "));
}
