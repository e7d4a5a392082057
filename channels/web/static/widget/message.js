/** One message in the log: made once, then only its state changes, so that a screen reader hears it once. */

import { h, icon } from "./dom.js";
import { moment } from "./format.js";
import { fill } from "./labels.js";
import { UNANSWERED } from "./outbox.js";
import { renderPart } from "./parts.js";

/**
 * @typedef {{state: "sending"|"waiting"|"failed", reason: string}} Pending
 * @typedef {{time: boolean, stale: boolean, chosen: string|null, pending: Pending|null}} View
 * time: show when it came · stale: choices in it no longer count · chosen: the choice that was taken
 */

const ROLES = { citizen: "said_by_citizen", bot: "said_by_bot", staff: "said_by_staff" };

/**
 * @param {object} message of the server, or an unsent entry in the same shape
 * @param {object} context labels, live, and what the citizen can do: press, rate, resend, edit, discard
 * @returns {{node: HTMLElement, update: (message: object, view: View) => void}}
 */
export function createMessage(message, context) {
  const { labels } = context;
  const time = h("time", { class: "moment", datetime: message.at, hidden: true }, moment(message.at, labels));
  const speaker = h("span", { class: "unseen" }, labels[ROLES[message.role]] ?? "");
  const body = h("div", { class: "body" }, speaker);
  for (const part of message.parts ?? []) body.append(...renderPart(part, context));
  const node = h("div", { class: "message", testid: "wz-message", data: { role: message.role } }, time, body);
  const rating = rateable(message) ? createRating(message, context) : null;
  if (rating) body.append(rating.node);
  const delivery = message.role === "citizen" ? createDelivery(message, context) : null;
  if (delivery) node.append(delivery.node);

  function update(current, view) {
    time.hidden = !view.time;
    for (const choice of node.querySelectorAll('[data-kind="choice"]')) {
      choice.disabled = view.stale;
      choice.classList.toggle("chosen", view.stale && choice.textContent === view.chosen);
    }
    rating?.update(current.feedback);
    delivery?.update(view.pending);
    node.dataset.state = view.pending?.state ?? "sent";
    if (Number.isInteger(current.seq)) node.dataset.seq = current.seq;
  }
  return { node, update };
}

function rateable(message) {
  return message.role === "bot" && message.turn_id && message.parts?.some((part) => part.type === "answer");
}

function createRating({ turn_id: turnId }, { labels, rate }) {
  const said = h("span", { class: "said", role: "status" });
  const thumb = (value) => {
    const press = async () => {
      if (buttons[value].getAttribute("aria-pressed") === "true") return;
      said.textContent = (await rate(turnId, value)) ? labels[`thanks_${value}`] : labels.feedback_failed;
    };
    const names = { class: `thumb thumb-${value}`, testid: `wz-${value}`, title: labels[value], "aria-label": labels[value] };
    return h("button", { type: "button", ...names, "aria-pressed": "false", on: { click: press } }, icon("thumb"));
  };
  const buttons = { up: thumb("up"), down: thumb("down") };
  const node = h("div", { class: "rating", role: "group", "aria-label": labels.feedback });
  node.append(h("span", {}, labels.feedback), buttons.up, buttons.down, said);
  const update = (feedback) => {
    for (const [value, thumb] of Object.entries(buttons)) thumb.setAttribute("aria-pressed", String(feedback === value));
  };
  return { node, update };
}

function reasonOf(reason, labels) {
  if (reason === UNANSWERED) return labels.unanswered;
  return fill(/^\d*$/.test(reason) ? labels.failed_code : labels.failed, { reason });
}

function createDelivery({ message_id: id }, { labels, resend, edit, discard }) {
  const node = h("div", { class: "delivery" });
  let shown = "";
  const action = (label, testid, act) =>
    h("button", { type: "button", class: "quiet", testid, on: { click: () => act(id) } }, label);
  const contents = {
    sending: () => [], // the dots below say it
    waiting: () => [h("span", { class: "tag" }, labels.waiting), action(labels.withdraw, "wz-withdraw", discard)],
    failed: ({ reason }) => [
      h("span", { class: "tag" }, reasonOf(reason, labels)),
      action(labels.resend, "wz-resend", resend),
      action(labels.edit, "wz-edit", edit),
      action(labels.withdraw, "wz-withdraw", discard),
    ],
  };
  const update = (pending) => {
    const wanted = pending ? pending.state + pending.reason : "";
    if (wanted === shown) return;
    shown = wanted;
    node.replaceChildren(...(pending ? contents[pending.state](pending) : []));
  };
  return { node, update };
}
