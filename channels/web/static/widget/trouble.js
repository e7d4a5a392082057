/** What is wrong with the line, for the status bar. */

/**
 * @param {import("./api.js").ApiError|null} error of the failed request; null when only the browser reports a change
 * @returns {{kind: "limited"|"offline"|"trouble", detail: string}} detail is the server's own words, empty without any
 */
export function troubleOf(error) {
  const detail = error?.detail ?? "";
  if (error?.status === 429) return { kind: "limited", detail };
  return { kind: navigator.onLine === false ? "offline" : "trouble", detail };
}
