// The board: a card for each shot, sequence by sequence, in the order of the film.

import { clear, dislike, like, pick, press, takeOfShot } from "./actions.js";
import { Card, cardLines } from "./card.js";
import { h } from "./dom.js";
import { showsShot } from "./filters.js";
import { GridView } from "./grid-view.js";
import { Grid } from "./grid.js";
import { hover } from "./hover.js";
import { go } from "./route.js";
import { store } from "./store.js";
import { count } from "./words.js";

/** Width over height of the project's frame. */
export function aspect() {
  const frame = store.overview?.frame;
  return frame && frame.height > 0 ? Math.min(4, Math.max(0.25, frame.width / frame.height)) : 16 / 9;
}

/** Cells of about `wanted` pixels that fill the width; a size of the picture that has the frame's shape. */
export function fit(width, wanted, gap, lines) {
  const columns = Math.max(1, Math.floor((width + gap) / (wanted + gap)));
  const cell = Math.floor((width - (columns - 1) * gap - 16) / columns);
  const picture = Math.round(cell / Math.max(aspect(), 0.8));
  return { columns, width: cell, picture, height: picture + lines, gap };
}

export class Board extends GridView {
  hints = [["P", "pick"], ["L", "like"], ["X", "dislike"], ["U", "clear"], ["R", "retake"], ["C", "cancel"], ["H", "hold"], ["Enter", "open"]];

  constructor() {
    super({ name: "board-size", least: 160, most: 480, usual: () => Math.round(Math.min(300, Math.max(196, innerWidth / 6.9))) });
    this.grid = new Grid({
      label: "Shots",
      measure: (width) => fit(width, this.size, 16, cardLines),
      make: () => new Card(() => this.grid.metrics),
      open: (key) => this.#open(key),
      press: (event, keys) => this.#press(event, keys),
      settled: () => {},
    });
    hover(this.grid, [
      ["pick", "Pick (P)", (key) => this.#take(key, pick)],
      ["like", "Like (L)", (key) => this.#take(key, (take) => like([take]))],
      ["dislike", "Dislike (X)", (key) => this.#take(key, (take) => dislike([take]))],
      ["clear", "Clear (U)", (key) => this.#take(key, (take) => clear([take]))],
    ]);
    this.empty = h("div", { class: "empty", hidden: true });
    this.element = h("section", { class: "view", "aria-label": "Board" }, h("h2", { class: "unseen" }, "Board"), this.grid.element, this.empty);
  }

  update(changes) {
    if (changes.all || changes.order) {
      this.arrange();
      this.grid.refresh();
      return;
    }
    if (changes.shots.size > 0) {
      this.arrange(true);
      this.grid.refresh(changes.shots);
    }
    if (changes.takes.size > 0) {
      const shots = new Set();
      for (const key of changes.takes) {
        const shot = store.takes.get(key)?.shot;
        if (shot) shots.add(shot);
      }
      this.grid.refresh(shots);
    }
    if (changes.overview || changes.progress.size > 0) this.grid.refresh(new Set([...changes.progress, ...store.place.keys()]));
  }

  arrange(quietly = false) {
    const groups = [];
    for (const sequence of store.sequences) {
      const keys = sequence.shots.filter(showsShot);
      if (keys.length === 0 && (sequence.readable || sequence.shots.length > 0)) continue;
      groups.push({ id: sequence.id, title: sequence.title || sequence.id, note: noteOf(sequence), keys });
    }
    const said = JSON.stringify(groups.map((group) => [group.id, group.title, group.note, group.keys]));
    if (!quietly || said !== this.said) this.grid.set(groups);
    this.said = said;
    const none = groups.length === 0;
    this.grid.element.hidden = none;
    this.empty.hidden = !none;
    if (none) this.empty.replaceChildren(...nothingHere());
  }

  #open(key) {
    const shot = store.shots.get(key);
    if (shot) go({ view: "shot", rest: `${shot.sequence}/${shot.id}` });
  }

  #take(shot, run) {
    const take = takeOfShot(shot);
    if (take) run(take);
  }

  #press(event, shots) {
    const takes = shots.map(takeOfShot).filter(Boolean);
    return press(event, { takes, shots, next: () => this.grid.next() });
  }
}

/** "4 of 5", and what keeps the rest. */
function noteOf(sequence) {
  const shots = sequence.shots.map((key) => store.shots.get(key)).filter(Boolean);
  const fresh = shots.filter((shot) => shot.state === "fresh").length;
  const length = shots.reduce((sum, shot) => sum + (shot.duration ?? 0), 0);
  const text = `${fresh} of ${count(shots.length, "shot")} fresh${length > 0 ? `, ${Number(length.toFixed(1))} s` : ""}`;
  return sequence.readable ? text : `${text}; frozen: its file cannot be read`;
}

export function nothingHere() {
  if (store.shots.size === 0) {
    return [h("strong", {}, "No shots yet"), h("p", {}, "Write sequences/sequence_001.json in any editor: each shot appears here as soon as the file is saved.")];
  }
  return [h("strong", {}, "Nothing matches"), h("p", {}, "No shot has what the filter and the search ask for."), h("a", { class: "button", href: "#/board" }, "Show all")];
}

