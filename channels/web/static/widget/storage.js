/** What the browser remembers between visits; for the life of the page only where the browser forbids remembering. */

export class Storage {
  #prefix;
  #memory = new Map();

  /** @param {string} base address of the assistant: two assistants on one site keep apart */
  constructor(base) {
    this.#prefix = `wenzheng:${base}:`;
  }

  /** The name under which `key` is kept, as `storage` events report it. */
  nameOf(key) {
    return this.#prefix + key;
  }

  /**
   * @param {string} key
   * @returns {any} what was last set, or null
   */
  get(key) {
    if (this.#memory.has(key)) return this.#memory.get(key);
    try {
      return JSON.parse(window.localStorage.getItem(this.nameOf(key)) ?? "null");
    } catch {
      return null;
    }
  }

  /** Remember a JSON value. Never fails: a full or forbidden store is replaced by memory. */
  set(key, value) {
    try {
      window.localStorage.setItem(this.nameOf(key), JSON.stringify(value));
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, value);
    }
  }

  /** Forget a value. */
  remove(key) {
    this.#memory.delete(key);
    try {
      window.localStorage.removeItem(this.nameOf(key));
    } catch {
      // Nothing is kept where keeping is forbidden.
    }
  }
}
