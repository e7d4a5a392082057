/** How long to wait before trying again. */

const FIRST = 1_000;
const LONGEST = 20_000;

/**
 * Doubling waits with jitter, so that a restarted server is not met by everybody in the same second.
 * @param {number} failures failures so far in a row
 * @returns {number} milliseconds
 */
export function delay(failures) {
  const wait = Math.min(LONGEST, FIRST * 2 ** Math.min(failures, 10));
  return wait * (0.75 + Math.random() * 0.5);
}
