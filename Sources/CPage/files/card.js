// The card of a shot on the board: its picture, its name and one line of its prompt, its state as glyph and word, a dot for each take.

import { shotDetails } from "./details.js";
import { h, mark, say } from "./dom.js";
import { glyph, reshape } from "./icons.js";
import { Picture } from "./picture.js";
import { address } from "./route.js";
import { posterOf, store, takesOf } from "./store.js";
import { flag, seconds, stateText } from "./words.js";

const dotsAtMost = 9;

/** Height of the lines below the picture. */
export const cardLines = 48;

export class Card {
  #picture = new Picture();
  #slate = h("div", { class: "slate", hidden: true });
  #preview = h("img", { class: "preview", alt: "", hidden: true });
  #fill = h("i", {});
  #meter = h("div", { class: "meter", hidden: true }, this.#fill);
  #kind = h("span", { class: "corner top", hidden: true });
  #duration = h("span", { class: "corner bottom" });
  #id = h("a", { class: "id", tabIndex: -1 });
  #name = h("span", { class: "name cut" });
  #stateGlyph = glyph("fresh");
  #stateWord = h("span", {});
  #state = h("span", { class: "state" }, this.#stateGlyph, this.#stateWord);
  #prompt = h("span", { class: "prompt cut" });
  #dots = h("span", { class: "dots" });
  #dotsSaid = "";

  constructor(metrics) {
    this.metrics = metrics;
    this.#picture.element.append(this.#slate, this.#preview, this.#kind, this.#duration, this.#meter);
    this.#preview.addEventListener("load", () => mark(this.#preview, "data-there", true));
    this.element = h(
      "div",
      { class: "card" },
      this.#picture.element,
      h("div", { class: "line first" }, this.#id, h("span", { class: "grow cut soft small" }, this.#name), this.#dots),
      h("div", { class: "line" }, this.#prompt, this.#state),
    );
  }

  show(key, { later }) {
    const shot = store.shots.get(key);
    if (!shot) return;
    const detail = shotDetails.of(key);
    const { width, picture } = this.metrics();
    this.#picture.element.style.height = `${picture}px`;
    const poster = posterOf(key);
    this.#picture.show(poster, Math.max(width, picture), { later });
    this.#slate.hidden = poster !== null;
    if (!poster) say(this.#slate, detail?.prompt ? clip(detail.prompt) : "no take yet");
    say(this.#id, shot.id);
    this.#id.href = address({ view: "shot", rest: `${shot.sequence}/${shot.id}` });
    say(this.#name, detail?.name ?? "");
    say(this.#prompt, detail?.prompt ?? "");
    say(this.#duration, seconds(shot.duration));
    this.#duration.hidden = shot.duration === null;
    const film = poster && poster.kind !== "still";
    this.#kind.hidden = !film;
    if (film && this.#kind.dataset.of !== poster.kind) {
      this.#kind.dataset.of = poster.kind;
      this.#kind.replaceChildren(glyph("film"), poster.kind);
    }
    this.progress(key);
    mark(this.#state, "title", detail?.detail ?? null);
    this.#showDots(key);
  }

  settle() {
    this.#picture.settle();
  }

  /** Shows how far its job is; the preview fades in where the watcher has one. */
  progress(key) {
    const shot = store.shots.get(key);
    if (!shot) return;
    const progress = store.progress.get(key);
    const running = shot.state === "running";
    reshape(this.#stateGlyph, shot.held && shot.state === "fresh" ? "held" : shot.state);
    mark(this.#state, "data-state", shot.state);
    say(this.#stateWord, progress?.cancelling ? "cancelling" : stateText(shot.state, progress, store.place.get(key)));
    this.#meter.hidden = !running;
    if (running) this.#fill.style.transform = `scaleX(${progress?.fraction ?? 0})`;
    const preview = running ? store.previews.get(key) : null;
    this.#preview.hidden = !preview;
    if (preview) {
      if (this.#preview.getAttribute("src") !== preview) this.#preview.src = preview;
    } else {
      mark(this.#preview, "data-there", null);
      this.#preview.removeAttribute("src");
    }
  }

  #showDots(key) {
    const takes = takesOf(key);
    const said = takes.slice(0, dotsAtMost).map((take) => `${take.flags & flag.used}${take.rating}`).join() + takes.length;
    if (said === this.#dotsSaid) return;
    this.#dotsSaid = said;
    const dots = takes.slice(0, dotsAtMost).map((take) => h("i", { class: `${take.flags & flag.used ? "used" : ""} ${take.rating > 0 ? "liked" : ""}` }));
    if (takes.length > dotsAtMost) dots.push(h("b", {}, `+${takes.length - dotsAtMost}`));
    dots.push(h("span", { class: "unseen" }, takes.length === 1 ? "1 take" : `${takes.length} takes`));
    this.#dots.replaceChildren(...dots);
    this.#dots.title = takes.length === 1 ? "1 take" : `${takes.length} takes`;
  }
}

function clip(text) {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
