/** Building elements without ever parsing markup: data only becomes text nodes and plain attributes. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, unknown>} props `class`, `testid`, `data` (dataset), `on` (listeners); booleans become properties,
 *   null and undefined are left out, the rest become attributes
 * @param {...(Node|string|null|undefined|false)} children strings become text nodes; empty values are skipped
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined) continue;
    if (name === "class") node.className = value;
    else if (name === "testid") node.dataset.testid = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (typeof value === "boolean") node[name] = value;
    else node.setAttribute(name, String(value));
  }
  node.append(...children.flat().filter((child) => child || child === 0));
  return node;
}

const ICONS = {
  chat: "M4 5.5h16v11H9.5L5 20.5v-4H4z M8 9.5h8 M8 12.5h5",
  close: "M6 6l12 12 M18 6L6 18",
  send: "M4 12h15 M13 6l6 6-6 6",
  down: "M6 9.5l6 6 6-6",
  thumb: "M7.5 11v9H4.5v-9z M7.5 11l4-7.5c1.6 0 2.5 1 2.5 2.6V9.5h4.3c1.2 0 2 1 1.8 2.2l-1.2 6.6c-.2 1-1 1.7-2 1.7H7.5",
  phone: "M6.5 4h3l1.5 4-2 1.5c1 2.4 2.6 4 5 5l1.5-2 4 1.5v3c0 1-.8 1.8-1.8 1.8C10.5 18.5 5 13 4.7 5.8 4.7 4.8 5.5 4 6.5 4z",
};

/**
 * One of the line icons, hidden from screen readers.
 * @param {keyof typeof ICONS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}
