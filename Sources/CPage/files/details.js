// What cards and takes show beyond their rows: asked for by what is seen, in batches, kept for a while.

import { get } from "./api.js";
import { onChange, store, touch } from "./store.js";

const atOnce = 200;
const kept = 3000;

/** Details of one sort, by key. */
class Details {
  #known = new Map();
  #old = new Set();
  #wanted = new Set();
  #asking = new Set();
  #timer = 0;

  /** `part` names the request, the field of its answer and the part of the store that is told. */
  constructor(part) {
    this.part = part;
  }

  /** What is known of it. Asks for what is not, or no longer right; the store tells when it arrives. */
  of(key) {
    if ((!this.#known.has(key) || this.#old.has(key)) && !this.#asking.has(key)) {
      this.#wanted.add(key);
      // What a view asks for while it is drawn is asked for together.
      if (!this.#timer) this.#timer = setTimeout(() => this.#ask(), 0);
    }
    return this.#known.get(key) ?? null;
  }

  put(key, value) {
    this.#known.set(key, value);
    this.#old.delete(key);
  }

  /** It changed: the next to ask for it has it fetched again. */
  age(key) {
    if (this.#known.has(key) || this.#asking.has(key)) this.#old.add(key);
  }

  ageAll() {
    for (const key of this.#known.keys()) this.#old.add(key);
  }

  async #ask() {
    this.#timer = 0;
    const keys = [...this.#wanted].slice(0, atOnce);
    for (const key of keys) {
      this.#wanted.delete(key);
      this.#asking.add(key);
      this.#old.delete(key);
    }
    if (this.#wanted.size > 0) this.#timer = setTimeout(() => this.#ask(), 0);
    try {
      const answer = await get(this.part, { key: keys });
      for (const one of answer[this.part]) this.#known.set(one.key, one);
      while (this.#known.size > kept) this.#known.delete(this.#known.keys().next().value);
    } catch {
      // The watcher is gone: what is known stays, and the next state has everything asked for again.
      for (const key of keys) this.#old.add(key);
      return;
    } finally {
      for (const key of keys) this.#asking.delete(key);
    }
    touch(this.part, keys);
  }
}

export const shotDetails = new Details("shots");
export const takeDetails = new Details("takes");

// Rows that come are told of before views look: what they ask for then is fetched anew. `fetched` are the ones that came by #ask itself.
onChange((changes) => {
  if (!changes.all) return;
  shotDetails.ageAll();
  takeDetails.ageAll();
});

/** Called for every row of a `change`, before it is taken in. */
export function ageRows(event) {
  for (const row of event.shots ?? []) shotDetails.age(row[0]);
  for (const row of event.takes ?? []) {
    takeDetails.age(row[0]);
    if (row[1]) shotDetails.age(row[1]);
  }
  for (const key of event.goneTakes ?? []) {
    const shot = store.takes.get(key)?.shot;
    if (shot) shotDetails.age(shot);
  }
}
