// What a take is to its shot, and what one thinks of it, as glyphs: picked or used, liked or disliked.

import { h } from "./dom.js";
import { glyph } from "./icons.js";
import { flag } from "./words.js";

export class Marks {
  element = h("span", { class: "marks" });
  #said = "";

  show(take) {
    const said = `${take.flags & (flag.picked | flag.used)},${take.rating}`;
    if (said === this.#said) return;
    this.#said = said;
    const marks = [];
    if (take.flags & flag.picked) marks.push(["pick", "picked"]);
    else if (take.flags & flag.used) marks.push(["fresh", "used"]);
    if (take.rating > 0) marks.push(["like", "liked"]);
    if (take.rating < 0) marks.push(["dislike", "disliked"]);
    this.element.replaceChildren(...marks.flatMap(([name, word]) => [glyph(name), h("span", { class: "unseen" }, word)]));
    this.element.title = marks.map(([, word]) => word).join(", ");
  }
}
