/** The parts of a message, one function each: data in, elements out. */

import { h, icon } from "./dom.js";
import { day, minute, source } from "./format.js";
import { fill } from "./labels.js";
import { dialled, linkify, paragraphs } from "./text.js";

/**
 * @typedef {{labels: Record<string, string>, press: (button: object) => void, live: boolean}} Context
 * `press` takes the button that was pressed; `live`: the message has just come, it is not being restored
 */

const CONTENT = { lang: "zh-CN" };

function button(choice, kind, { press }) {
  const on = { click: () => press(choice) };
  const props = { type: "button", class: `choice choice-${kind}`, testid: "wz-button", data: { kind }, on };
  return h("button", { ...props, ...CONTENT }, choice.title);
}

function buttons(choices, kind, label, context) {
  if (!choices?.length) return null;
  const row = h("div", { class: `choices choices-${kind}`, role: "group", "aria-label": label });
  row.append(...choices.map((choice) => button(choice, kind, context)));
  return row;
}

function text(part, context) {
  const bubble = h("div", { class: "bubble", ...CONTENT }, ...paragraphs(part.text));
  return [bubble, buttons(part.buttons, "choice", context.labels.facets, context)];
}

function legalBasis(sources, labels) {
  if (!sources?.length) return null;
  const lines = sources.map((one) => h("span", { class: "source", ...CONTENT }, source(one, labels)));
  return h("p", { class: "sources", testid: "wz-sources" }, labels.sources, ...lines);
}

function answer(part, context) {
  const { labels } = context;
  const card = h("article", { class: "card answer", testid: "wz-answer" });
  card.append(h("h3", CONTENT, part.title), h("div", CONTENT, ...paragraphs(part.text)));
  if (part.items?.length) {
    const lines = part.items.map((item) => h("li", {}, ...linkify(item)));
    card.append(h(part.ordered ? "ol" : "ul", { class: "items", ...CONTENT }, ...lines));
  }
  const basis = legalBasis(part.sources, labels);
  if (basis) card.append(h("footer", {}, basis));
  const facets = buttons(part.facets, "facet", labels.facets, context);
  const related = buttons(part.related, "related", labels.related, context);
  if (facets) card.append(facets);
  if (related) card.append(h("p", { class: "caption" }, labels.related), related);
  return [card];
}

function services(part, context) {
  const card = h("article", { class: "card services", testid: "wz-services" }, h("h3", CONTENT, part.title));
  card.append(...paragraphs(part.intro));
  const steps = part.services.map((step) => {
    const note = step.note && h("p", CONTENT, ...linkify(step.note));
    const basis = step.source && h("p", { class: "basis" }, context.labels.sources, h("span", CONTENT, step.source));
    return h("li", {}, button({ ...step.button, title: step.title }, "service", context), note, basis);
  });
  card.append(h("ol", { class: "steps" }, ...steps));
  return [card];
}

function copyButton(value, labels) {
  if (!navigator.clipboard) return null; // only offered to pages served over TLS
  const copy = h("button", { type: "button", class: "quiet copy" }, labels.copy);
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(value);
      copy.textContent = labels.copied;
    } catch {
      copy.remove(); // the host page forbids it; the digits can still be selected
    }
  });
  return copy;
}

function figures(label, value, testid, labels) {
  if (!value) return null;
  const digits = h("dd", {}, h("strong", { class: "digits", testid }, value), copyButton(value, labels));
  return h("div", { class: "figure" }, h("dt", {}, label), digits);
}

function fact(label, value) {
  return value ? h("div", { class: "fact" }, h("dt", {}, label), h("dd", CONTENT, value)) : null;
}

function ticket(part, { labels }) {
  const badge = { class: "badge", testid: "wz-ticket-status", data: { status: part.status } };
  const status = h("span", badge, part.status_label);
  const card = h("article", { class: "card ticket", testid: "wz-ticket" });
  card.append(h("header", CONTENT, h("h3", {}, part.kind_label), status), ...paragraphs(part.text));
  const code = figures(labels.ticket_code, part.code, "wz-ticket-code", labels);
  card.append(
    h(
      "dl",
      {},
      figures(labels.ticket_number, part.number, "wz-ticket-number", labels),
      code,
      fact(part.due_label || labels.ticket_due, part.due && day(part.due, labels)),
      fact(labels.ticket_department, part.department),
      fact(labels.ticket_summary, part.summary),
    ),
  );
  if (code) card.append(h("p", { class: "hint" }, labels.ticket_hint));
  if (part.history?.length) {
    const lines = part.history.map(({ at, text: said }) =>
      h("li", CONTENT, h("time", { datetime: at }, minute(at, labels)), h("span", {}, ...linkify(said))),
    );
    card.append(h("p", { class: "caption" }, labels.ticket_history), h("ol", { class: "history" }, ...lines));
  }
  return [card];
}

function emergency(part, { labels, live }) {
  const calls = part.phones.filter(dialled).map((phone) => {
    const number = dialled(phone);
    const name = phone.title.replace(number, "").trim();
    const byText = phone.payload.startsWith("sms:");
    const spoken = `${fill(byText ? labels.text_to : labels.call, { number })} ${name}`;
    const props = { class: "call", href: `${byText ? "sms" : "tel"}:${number}`, testid: "wz-call", "aria-label": spoken };
    return h("a", props, icon("phone"), h("strong", {}, number), name && h("span", CONTENT, name));
  });
  const possible = part.level === "possible";
  const head = possible ? labels.emergency_possible : labels.emergency;
  const role = live && !possible ? "alert" : "group";
  const props = { class: `card emergency${possible ? " possible" : ""}`, testid: "wz-emergency", role, "aria-label": head };
  const advice = h("div", CONTENT, ...paragraphs(part.text));
  return [h("article", props, h("h3", {}, head), advice, h("div", { class: "calls" }, ...calls))];
}

function staff(part, { labels }) {
  const about = [part.author, part.ticket_number && fill(labels.staff_ticket, { number: part.ticket_number })];
  const from = about.filter(Boolean).join(" · ");
  const head = h("p", { class: "staff-head" }, h("strong", {}, labels.staff), from && h("span", CONTENT, from));
  return [h("article", { class: "card staff", testid: "wz-staff" }, head, h("div", CONTENT, ...paragraphs(part.text)))];
}

const PARTS = { text, answer, services, ticket, emergency, staff };

/**
 * @param {{type: string}} part of a message; of a type this version does not know only its text is shown
 * @param {Context} context
 * @returns {Node[]}
 */
export function renderPart(part, context) {
  return (PARTS[part.type] ?? text)(part, context).filter(Boolean);
}
