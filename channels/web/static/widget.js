/**
 * Puts the Wenzheng chat into any page:
 *
 *   <script src="https://HOST/widget.js" data-lang="zh" data-mode="bubble"></script>
 *
 * data-mode    "bubble" (default): a launcher in the corner; "page": fills its container
 * data-target  CSS selector of the container, for "page"; without it the chat stands where the script stands
 * data-lang    "zh" (default) or "en": language of the labels
 * data-title   heading of the chat; without it the one of the city's settings
 * data-theme   "light" keeps the light colours on a page that has no dark ones
 */
(() => {
  "use strict";

  const script = document.currentScript;
  if (!script || !script.src) return;

  const base = script.src.replace(/[?#].*$/, "").replace(/(?:static\/)?widget\.js$/, "");
  const { lang = "zh", mode = "bubble", title = "", target = "", theme = "" } = script.dataset;
  const code = import(`${base}static/widget/element.js`);
  code.catch(() => {}); // reported in mount(), once the page is there to show it

  function place(node) {
    if (mode !== "page") {
      document.body.append(node);
      return;
    }
    const container = target ? document.querySelector(target) : null;
    if (container) container.replaceChildren(node);
    else if (document.body.contains(script)) script.after(node);
    else document.body.append(node);
  }

  function unavailable(error) {
    console.error("Wenzheng: the chat could not be loaded from", base, error);
    if (mode !== "page") return;
    const note = document.createElement("p");
    note.setAttribute("role", "alert");
    note.textContent =
      lang === "en"
        ? "The assistant cannot be opened right now. Please reload the page in a moment."
        : "咨询窗口暂时打不开，请您稍后刷新页面再试。";
    place(note);
  }

  async function mount() {
    if (mode !== "page" && document.querySelector('wenzheng-chat[mode="bubble"]')) return;
    try {
      await code;
    } catch (error) {
      unavailable(error);
      return;
    }
    const chat = document.createElement("wenzheng-chat");
    chat.setAttribute("base", base);
    chat.setAttribute("mode", mode === "page" ? "page" : "bubble");
    chat.setAttribute("language", lang);
    if (title) chat.setAttribute("heading", title);
    if (theme) chat.setAttribute("theme", theme);
    place(chat);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount, { once: true });
  else mount();
})();
