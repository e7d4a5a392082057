/** Keeps a full-screen panel above the on-screen keyboard, on pages that do not arrange for it themselves. */

const PHONE = "(max-width: 640px)";

/** @param {HTMLElement} panel gets `--wz-visible-height` and `--wz-visible-top`, in pixels, on narrow screens */
export function followKeyboard(panel) {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const fit = () => {
    const zoomed = Math.abs(viewport.scale - 1) > 0.01; // the reader has enlarged the page: nothing must jump about
    if (zoomed || !matchMedia(PHONE).matches) {
      panel.style.removeProperty("--wz-visible-height");
      panel.style.removeProperty("--wz-visible-top");
      return;
    }
    panel.style.setProperty("--wz-visible-height", `${viewport.height}px`);
    panel.style.setProperty("--wz-visible-top", `${viewport.offsetTop}px`);
  };
  viewport.addEventListener("resize", fit);
  viewport.addEventListener("scroll", fit);
  fit();
}
