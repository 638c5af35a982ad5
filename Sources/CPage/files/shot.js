// One shot: its takes side by side, why it is as it is, and its own words, edited in place.

import { press } from "./actions.js";
import { get } from "./api.js";
import { aspect } from "./board.js";
import { h, isTyping, later, mark, say } from "./dom.js";
import { Grid } from "./grid.js";
import { glyph } from "./icons.js";
import { Marks } from "./marks.js";
import { Picture } from "./picture.js";
import { go, route } from "./route.js";
import { ShotPanel } from "./shot-panel.js";
import { addressOf, shotAt, store, takesOf } from "./store.js";
import { flag, time } from "./words.js";
import { Viewer } from "./viewer.js";

/** A take in the strip below the panes. */
class StripCell {
  #picture = new Picture();
  #number = h("span", { class: "number" });
  #caption = h("span", { class: "cut" });
  #marks = new Marks();

  constructor(view) {
    this.view = view;
    this.#picture.element.append(this.#number);
    this.element = h("div", { class: "take" }, this.#picture.element, h("div", { class: "caption" }, this.#caption, this.#marks.element));
  }

  show(key) {
    const take = store.takes.get(key);
    if (!take) return;
    const { width, picture } = this.view.grid.metrics;
    this.#picture.element.style.height = `${picture}px`;
    this.#picture.show(take, width);
    const at = this.view.grid.keys.indexOf(key);
    say(this.#number, String(at + 1));
    say(this.#caption, take.kind === "still" ? time(take.time) : `${take.kind} ${time(take.time)}`);
    mark(this.element, "data-disliked", take.rating < 0 ? "" : null);
    mark(this.element, "data-shown", this.view.shown.includes(key) ? "" : null);
    this.#marks.show(take);
  }

  settle() {
    this.#picture.settle();
  }
}

export class View {
  hints = [["1…9", "choose"], ["Space", "flick with the pick"], ["V", "side by side"], ["+ − 0", "zoom"], ["P L X U", "pick, rate"], ["E", "edit"], ["N", "next shot"], ["Esc", "back"]];
  shown = [];

  #shot = null;
  #side = 1;
  #flick = false;
  #answer = null;

  constructor() {
    this.viewer = new Viewer();
    this.grid = new Grid({
      label: "Takes of this shot",
      measure: (width) => {
        const picture = 72;
        const cell = Math.max(64, Math.round(picture * Math.max(0.8, aspect())));
        return { columns: Math.max(1, Math.floor((width + 8) / (cell + 8))), width: cell, picture, height: picture + 22, gap: 8 };
      },
      make: () => new StripCell(this),
      open: () => this.#toggleFlick(),
      press: (event, keys) => this.#press(event, keys),
      moved: () => this.#moved(),
    });
    this.panel = new ShotPanel(this);
    this.title = h("h2", { class: "grow" });
    this.sides = h(
      "div",
      { class: "segment", role: "group", "aria-label": "Takes side by side (V)" },
      [1, 2, 3, 4].map((number) => h("button", { "aria-label": `${number} side by side`, onclick: () => this.#setSide(number) }, String(number))),
    );
    this.none = h("div", { class: "empty", hidden: true }, "No take yet: it appears here as soon as it is made.");
    this.element = h(
      "section",
      { class: "view shot", "aria-label": "Shot" },
      h(
        "div",
        { class: "middle" },
        h(
          "div",
          { class: "bar" },
          h("button", { class: "quiet square", "aria-label": "Back to the board", title: "Back (Esc)", onclick: () => this.back() }, glyph("close")),
          h("button", { class: "quiet square", "aria-label": "Previous shot", title: "Previous shot (Shift+N)", onclick: () => this.#step(-1) }, glyph("left")),
          h("button", { class: "quiet square", "aria-label": "Next shot", title: "Next shot (N)", onclick: () => this.#step(1) }, glyph("right")),
          this.title,
          h("button", { class: "quiet", title: "Fit (0)", onclick: () => this.viewer.reset() }, "Fit"),
          this.sides,
        ),
        this.viewer.element,
        h("div", { class: "takes" }, this.grid.element, this.none),
      ),
      this.panel.element,
    );
    this.fetch = later(20, () => this.#fetch());
    this.#setSide(1);
  }

  enter() {
    this.#arrive();
    this.grid.measure();
    this.grid.focus();
  }

  leave() {
    this.viewer.stop();
  }

  routed() {
    this.#arrive();
  }

  back() {
    if (this.#flick) {
      this.#toggleFlick();
      return;
    }
    const key = this.#shot;
    go({ view: this.from ?? "board" });
    return key;
  }

  /** The shot's key. */
  get shot() {
    return this.#shot;
  }

  /** The take that the panel tells about. */
  get take() {
    return this.grid.focused;
  }

  update(changes) {
    if (changes.all || changes.order) this.#arrive();
    const touched = changes.all || changes.shots.has(this.#shot) || [...changes.takes].some((key) => !store.takes.has(key) || store.takes.get(key).shot === this.#shot);
    if (touched) {
      this.#arrange();
      this.grid.refresh();
      this.fetch();
    }
    if (touched || changes.progress.has(this.#shot) || changes.overview) this.panel.state();
  }

  key(event) {
    if (document.activeElement?.matches("input")) return false;
    switch (event.key) {
      case " ":
        if (document.activeElement?.matches("button, audio, summary, a")) return false;
        this.#toggleFlick();
        return true;
      case "v": case "V": this.#setSide((this.#side % 4) + 1); return true;
      case "+": case "=": this.viewer.zoomBy(1.5); return true;
      case "-": this.viewer.zoomBy(1 / 1.5); return true;
      case "0": this.viewer.reset(); return true;
      case "k": case "K": this.viewer.play(); return true;
      case "e": case "E": this.panel.edit(); return true;
      case "n": case "N": this.#step(event.shiftKey ? -1 : 1); return true;
      case "b": case "B": this.back(); return true;
      default:
    }
    if (/^[1-9]$/.test(event.key)) {
      const key = this.grid.keys[Number(event.key) - 1];
      if (key) this.grid.focus(key);
      return true;
    }
    // The strip sees its own keys; those that are pressed beside it mean the same.
    return this.grid.focused ? this.#press(event, this.grid.chosen) : false;
  }

  #arrive() {
    const key = store.shots.has(route.rest) ? route.rest : shotAt(route.rest);
    if (key !== this.#shot) {
      this.#shot = key;
      this.#flick = false;
      this.#answer = null;
      this.viewer.reset();
      this.viewer.stop();
      this.grid.selected.clear();
      this.grid.focused = null;
      this.panel.clear();
      this.fetch.cancel();
      this.#fetch();
    }
    this.#arrange();
    if (route.take && this.grid.keys.includes(route.take) && this.arrivedAt !== location.hash) this.grid.focus(route.take, { quietly: isTyping(document.activeElement) });
    this.arrivedAt = location.hash;
  }

  #arrange() {
    const shot = store.shots.get(this.#shot);
    if (!shot) {
      this.title.replaceChildren(store.ready ? "This shot is not there any more" : "");
      this.grid.set([]);
      this.viewer.show([]);
      return;
    }
    const sequence = store.sequences.find((one) => one.id === shot.sequence);
    const name = this.#answer?.card?.name;
    const said = `${sequence?.title}/${shot.id}/${name}`;
    if (this.title.dataset.said !== said) {
      this.title.dataset.said = said;
      this.title.replaceChildren(h("span", { class: "soft" }, `${sequence?.title || shot.sequence}`), shot.id, h("span", { class: "soft cut" }, name ?? ""));
    }
    const keys = takesOf(this.#shot).map((take) => take.key);
    if (JSON.stringify(keys) !== JSON.stringify(this.grid.keys)) {
      // The strip begins at what the shot uses; after that the focus is the person's.
      if (!this.grid.focused) this.grid.focused = keys.includes(shot.poster) ? shot.poster : keys[0] ?? null;
      this.grid.set([{ id: "", keys }]);
    }
    this.none.hidden = keys.length > 0;
    this.grid.element.hidden = keys.length === 0;
    this.#moved();
  }

  async #fetch() {
    const key = this.#shot;
    const address = key ? addressOf(key) : route.rest;
    if (!address) return;
    try {
      const answer = await get("shot", { shot: key ?? address }, { exact: true });
      if (key !== this.#shot) return;
      this.#answer = answer;
      this.panel.show(answer);
      this.#arrange();
    } catch {
      // Gone, or the watcher is: the title says so, or the strip does.
    }
  }

  /** What is seen side by side: those selected, else the one with the focus and those after it. */
  #moved() {
    const keys = this.grid.keys;
    let shown;
    if (this.grid.selected.size > 1) {
      shown = keys.filter((key) => this.grid.selected.has(key)).slice(0, 4);
    } else {
      const at = Math.max(0, keys.indexOf(this.grid.focused));
      const from = Math.max(0, Math.min(at, keys.length - this.#side));
      shown = this.#side === 1 ? keys.slice(at, at + 1) : keys.slice(from, from + this.#side);
    }
    const pick = this.#pick();
    const flicking = this.#flick && pick && pick !== shown[0];
    if (flicking) shown = [pick, ...shown.slice(1)];
    const before = this.shown.join();
    this.shown = shown;
    this.viewer.show(shown.length > 0 ? shown.map((key) => ({ key, caption: this.#caption(key) })) : [{ key: null, caption: "" }]);
    if (before !== shown.join()) this.grid.refresh();
    this.panel.take(this.grid.focused);
  }

  #caption(key) {
    const take = store.takes.get(key);
    if (!take) return "";
    const words = [`take ${this.grid.keys.indexOf(key) + 1} of ${this.grid.keys.length}`, take.kind];
    if (take.flags & flag.picked) words.push("picked");
    else if (take.flags & flag.used) words.push("used");
    if (!(take.flags & flag.current) && !(take.flags & flag.yours)) words.push("of an earlier recipe");
    if (take.flags & flag.yours) words.push("yours");
    if (take.rating > 0) words.push("liked");
    if (take.rating < 0) words.push("disliked");
    return words.join(" · ");
  }

  /** The take that is picked, or used where none is. */
  #pick() {
    const kind = store.takes.get(this.grid.focused)?.kind;
    const takes = takesOf(this.#shot).filter((take) => !kind || take.kind === kind);
    return (takes.find((take) => take.flags & flag.picked) ?? takes.find((take) => take.flags & flag.used))?.key ?? null;
  }

  #toggleFlick() {
    this.#flick = !this.#flick;
    this.#moved();
  }

  #setSide(number) {
    this.#side = number;
    [...this.sides.children].forEach((button, at) => mark(button, "aria-pressed", at + 1 === number ? "true" : "false"));
    if (this.grid.selected.size > 0) this.grid.select([]);
    this.#moved();
  }

  /** The next or previous shot in the order of the film. */
  #step(by) {
    const all = store.sequences.flatMap((sequence) => sequence.shots);
    const to = all[all.indexOf(this.#shot) + by];
    if (to) go({ view: "shot", rest: addressOf(to) }, true);
  }

  #press(event, keys) {
    if (["e", "n", "v", "b", "k", " "].includes(event.key.toLowerCase())) return false;
    return press(event, { takes: keys, shots: this.#shot ? [this.#shot] : [], next: keys.length === 1 ? () => this.grid.next() : null });
  }
}

