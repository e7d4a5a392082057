/** The style sheets of the chat, put into its shadow root. */

const SHEETS = ["widget.css", "messages.css"].map((name) => new URL(name, import.meta.url).href);

/**
 * Style a shadow root; resolves when it may be shown.
 *
 * Sheets are fetched and constructed, because a host page whose policy forbids foreign style elements still allows that.
 * Browsers that cannot, and failed fetches, get link elements.
 * @param {ShadowRoot} root
 */
export async function applyStyles(root) {
  try {
    root.adoptedStyleSheets = await Promise.all(SHEETS.map(construct));
  } catch {
    await Promise.all(SHEETS.map((address) => link(root, address)));
  }
}

async function construct(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await response.text());
  return sheet;
}

function link(root, address) {
  return new Promise((resolve) => {
    const node = document.createElement("link");
    node.rel = "stylesheet";
    node.href = address;
    node.onload = resolve;
    node.onerror = resolve; // plain, but usable
    root.append(node);
  });
}
