// The picture of a take in a box of its own shape: nothing moves when it arrives, and what cannot be shown says so.

import { h, mark, say } from "./dom.js";
import { flag } from "./words.js";

// Addresses that were loaded before: they are shown at once, even while the grid flies past.
const loaded = new Set();
// Addresses that had no picture, and when: a take that is being moved has none for a moment.
const vain = new Map();
const patience = 10_000;

const isVain = (url) => performance.now() - (vain.get(url) ?? -Infinity) < patience;

/** The address of a take's thumbnail for a box that many CSS pixels long. */
export function thumbOf(take, length) {
  const pixels = length * Math.min(devicePixelRatio || 1, 2);
  const width = pixels <= 256 ? 256 : pixels <= 512 ? 512 : 1024;
  return `/thumb/${take.key}?w=${width}&v=${take.v}`;
}

/** The word on a tile instead of a picture. */
function wordFor(take) {
  if (take.flags & flag.removed) return "in the trash";
  if (take.flags & flag.pointer) return "git-lfs pointer";
  if (take.flags & flag.absent) return "not here";
  if (take.flags & flag.damaged) return "damaged";
  return take.kind === "voice" ? "voice" : "no picture";
}

export class Picture {
  #image = h("img", { alt: "", decoding: "async", draggable: false });
  #word = h("span", { class: "tile", hidden: true });
  #wanted = "";
  #take = null;
  #length = 0;

  constructor() {
    this.element = h("div", { class: "pic" }, this.#image, this.#word);
    this.#image.addEventListener("load", () => {
      loaded.add(this.#wanted);
      mark(this.element, "data-there", true);
    });
    this.#image.addEventListener("error", () => {
      vain.set(this.#wanted, performance.now());
      this.#plain();
    });
  }

  /** Shows a take (or nothing) in a box whose longer side has that many pixels. `later`: only if it is at hand; `settle` fetches it. */
  show(take, length, { later = false, alt = "", word = "" } = {}) {
    this.#take = take;
    this.#length = length;
    if (this.#image.alt !== alt) this.#image.alt = alt;
    if (!take) {
      this.#wanted = "";
      this.#blank();
      say(this.#word, word);
      this.#word.hidden = word === "";
      return;
    }
    const wanted = thumbOf(take, length);
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#word.hidden = true;
    if (take.kind === "voice" || isVain(wanted) || take.flags & (flag.pointer | flag.absent | flag.removed)) {
      this.#plain();
    } else if (later && !loaded.has(wanted)) {
      this.#blank();
    } else {
      this.#fetch();
    }
  }

  /** Fetches what `later` had put off. */
  settle() {
    if (this.#wanted && this.#image.getAttribute("src") !== this.#wanted && this.#word.hidden) this.#fetch();
  }

  #fetch() {
    if (!loaded.has(this.#wanted)) mark(this.element, "data-there", null);
    this.#image.hidden = false;
    this.#image.src = this.#wanted;
  }

  #blank() {
    mark(this.element, "data-there", null);
    this.#image.removeAttribute("src");
    this.#image.hidden = true;
  }

  #plain() {
    this.#blank();
    if (!this.#take) return;
    say(this.#word, wordFor(this.#take));
    this.#word.hidden = false;
  }
}
