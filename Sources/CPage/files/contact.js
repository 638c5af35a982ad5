// The contact sheet: every take there is, small and close together.

import { clear, dislike, like, pick, press, remove } from "./actions.js";
import { aspect, nothingHere } from "./board.js";
import { h, mark, remember, remembered, say } from "./dom.js";
import { showsTake } from "./filters.js";
import { GridView } from "./grid-view.js";
import { Grid } from "./grid.js";
import { hover } from "./hover.js";
import { glyph } from "./icons.js";
import { Marks } from "./marks.js";
import { Picture } from "./picture.js";
import { go } from "./route.js";
import { store } from "./store.js";
import { count, day } from "./words.js";

const captionLines = 22;

class TakeCell {
  #picture = new Picture();
  #kind = h("span", { class: "corner top", hidden: true });
  #id = h("span", { class: "cut" });
  #marks = new Marks();

  constructor(metrics) {
    this.metrics = metrics;
    this.#picture.element.append(this.#kind);
    this.element = h("div", { class: "take" }, this.#picture.element, h("div", { class: "caption" }, this.#id, this.#marks.element));
  }

  show(key, { later }) {
    const take = store.takes.get(key);
    if (!take) return;
    const { width, picture } = this.metrics();
    this.#picture.element.style.height = `${picture}px`;
    const shot = store.shots.get(take.shot);
    this.#picture.show(take, Math.max(width, picture), { later });
    this.#kind.hidden = take.kind === "still";
    if (take.kind !== "still" && this.#kind.dataset.of !== take.kind) {
      this.#kind.dataset.of = take.kind;
      this.#kind.replaceChildren(glyph(take.kind === "voice" ? "sound" : "film"), take.kind);
    }
    say(this.#id, shot?.id ?? "no shot");
    mark(this.element, "data-disliked", take.rating < 0 ? "" : null);
    this.#marks.show(take);
  }

  settle() {
    this.#picture.settle();
  }
}

const groupings = {
  shot: { label: "Shot" },
  day: { label: "Day" },
  rating: { label: "Rating" },
};

export class Contact extends GridView {
  hints = [["P", "pick"], ["L", "like"], ["X", "dislike"], ["U", "clear"], ["Shift", "and arrows select"], ["Del", "remove"], ["Enter", "open"]];

  constructor() {
    super({ name: "contact-size", least: 112, most: 400, usual: () => (innerWidth < 1800 ? 136 : 176) });
    this.grouping = remembered("contact-groups", "shot");
    if (!groupings[this.grouping]) this.grouping = "shot";
    this.grid = new Grid({
      label: "Takes",
      measure: (width) => this.#measure(width),
      make: () => new TakeCell(() => this.grid.metrics),
      open: (key) => this.#open(key),
      press: (event, keys) => this.#press(event, keys),
      moved: () => this.#sayChosen(),
      top: 0,
    });
    hover(this.grid, [
      ["pick", "Pick (P)", (key) => pick(key)],
      ["like", "Like (L)", (key) => like([key])],
      ["dislike", "Dislike (X)", (key) => dislike([key])],
      ["clear", "Clear (U)", (key) => clear([key])],
    ]);
    this.total = h("span", { class: "soft" });
    this.chosen = h("span", { class: "soft" });
    this.buttons = [
      h("button", { class: "button", onclick: () => this.#all(like) }, glyph("like"), "Like"),
      h("button", { class: "button", onclick: () => this.#all(dislike) }, glyph("dislike"), "Dislike"),
      h("button", { class: "button", onclick: () => this.#all(clear) }, glyph("clear"), "Clear"),
      h("button", { class: "button", onclick: () => this.#all(remove) }, glyph("trash"), "Remove"),
    ];
    this.switch = h(
      "div",
      { class: "segment", role: "group", "aria-label": "Group takes by" },
      Object.entries(groupings).map(([name, { label }]) => h("button", { "data-name": name, onclick: () => this.#group(name) }, label)),
    );
    this.empty = h("div", { class: "empty", hidden: true });
    this.element = h(
      "section",
      { class: "view", "aria-label": "Contact sheet" },
      h("div", { class: "bar" }, h("h2", { class: "unseen" }, "Contact sheet"), h("span", { class: "soft" }, "Group by"), this.switch, this.total, h("span", { class: "grow" }), this.chosen, this.buttons),
      this.grid.element,
      this.empty,
    );
    this.#group(this.grouping, true);
  }

  update(changes) {
    if (changes.all || changes.order || changes.takes.size > 0 || changes.gone) this.arrange();
    else if (changes.shots.size > 0 && ["changed", "running", "failed"].includes(this.filter)) this.arrange();
    if (changes.all) this.grid.refresh();
    else if (changes.takes.size > 0) this.grid.refresh(changes.takes);
  }

  #measure(width) {
    const gap = 8;
    const columns = Math.max(2, Math.floor((width + gap) / (this.size + gap)));
    const cell = Math.floor((width - (columns - 1) * gap - 16) / columns);
    const picture = Math.round(cell / Math.max(aspect(), 0.8));
    return { columns, width: cell, picture, height: picture + captionLines, gap };
  }

  #group(name, quietly = false) {
    this.grouping = name;
    for (const button of this.switch.children) mark(button, "aria-pressed", button.dataset.name === name ? "true" : "false");
    if (quietly) return;
    remember("contact-groups", name);
    this.arrange();
  }

  arrange() {
    const takes = [...store.takes.values()].filter(showsTake);
    const groups = this.#groups(takes);
    const none = takes.length === 0;
    this.grid.element.hidden = none;
    this.empty.hidden = !none;
    this.grid.set(groups);
    say(this.total, count(takes.length, "take"));
    this.#sayChosen();
    if (none) this.empty.replaceChildren(...(store.takes.size === 0 ? [h("strong", {}, "No takes yet"), h("p", {}, "They appear here as they are made.")] : nothingHere()));
  }

  #groups(takes) {
    const newest = (a, b) => b.time - a.time;
    if (this.grouping === "day") {
      const days = Map.groupBy(takes.sort(newest), (take) => day(take.time));
      return [...days].map(([title, some]) => ({ id: title, title, note: count(some.length, "take"), keys: some.map((take) => take.key) }));
    }
    if (this.grouping === "rating") {
      const names = [["liked", "Liked", (take) => take.rating > 0], ["unrated", "Unrated", (take) => take.rating === 0], ["disliked", "Disliked", (take) => take.rating < 0]];
      takes.sort(newest);
      return names
        .map(([id, title, fits]) => ({ id, title, keys: takes.filter(fits).map((take) => take.key) }))
        .filter((group) => group.keys.length > 0)
        .map((group) => ({ ...group, note: count(group.keys.length, "take") }));
    }
    // By shot: a heading for each sequence, its shots' takes side by side, so that a shot with one take does not cost a row.
    const byShot = Map.groupBy(takes, (take) => take.shot);
    const groups = [];
    for (const sequence of store.sequences) {
      const keys = sequence.shots.flatMap((shot) => (byShot.get(shot) ?? []).sort(newest).map((take) => take.key));
      if (keys.length > 0) groups.push({ id: sequence.id, title: sequence.title || sequence.id, note: count(keys.length, "take"), keys });
    }
    const lone = byShot.get(null);
    if (lone) groups.push({ id: "", title: "Their shot is gone", note: count(lone.length, "take"), keys: lone.sort(newest).map((take) => take.key) });
    return groups;
  }

  #sayChosen() {
    const number = this.grid.selected.size;
    say(this.chosen, number > 0 ? `${number.toLocaleString("en")} selected` : "");
    for (const button of this.buttons) button.disabled = number === 0;
  }

  #all(run) {
    const keys = [...this.grid.chosen];
    // A request holds a thousand.
    for (let at = 0; at < keys.length; at += 1000) run(keys.slice(at, at + 1000));
    this.grid.select([]);
  }

  #open(key) {
    const shot = store.shots.get(store.takes.get(key)?.shot);
    if (shot) go({ view: "shot", rest: `${shot.sequence}/${shot.id}`, take: key });
  }

  #press(event, takes) {
    const shots = [...new Set(takes.map((key) => store.takes.get(key)?.shot).filter(Boolean))];
    const single = takes.length === 1;
    return press(event, { takes, shots, next: single ? () => this.grid.next() : null });
  }
}
