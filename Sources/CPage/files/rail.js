// The rail on the left: sequences with how much of them is done, the inbox, and the ways to library and export.

import { h, mark, remember, remembered, say } from "./dom.js";
import { glyph } from "./icons.js";
import { inbox } from "./inbox.js";
import { address, go, onRoute, route } from "./route.js";
import { onChange, store } from "./store.js";

export function rail(element) {
  const list = h("ul", { class: "list sequences", "aria-label": "Sequences" });
  const entries = new Map();
  const ways = [["library", "Library", "library"], ["export", "Export", "download"]].map(([view, label, sign]) => h("a", { class: "entry", "data-view": view }, glyph(sign), label));
  element.append(h("h2", {}, "Sequences"), list, inbox(), h("div", { class: "ways" }, ways));

  const choose = (sequence) => go({ view: ["board", "contact"].includes(route.view) ? route.view : "board", sequence });
  const entry = (id) => {
    let one = entries.get(id);
    if (!one) {
      const name = h("span", { class: "cut" });
      const number = h("span", { class: "count" });
      const button = h("button", { class: "entry", onclick: () => choose(id) }, name, number);
      one = { name, number, button, item: h("li", {}, button) };
      entries.set(id, one);
    }
    return one;
  };

  const showSequences = () => {
    const ids = ["", ...store.sequences.map((sequence) => sequence.id)];
    const items = ids.map((id) => entry(id).item);
    if (items.length !== list.children.length || items.some((item, at) => list.children[at] !== item)) list.replaceChildren(...items);
    let all = 0;
    let done = 0;
    for (const sequence of store.sequences) {
      const one = entry(sequence.id);
      const shots = sequence.shots.map((key) => store.shots.get(key)).filter(Boolean);
      const fresh = shots.filter((shot) => shot.state === "fresh").length;
      all += shots.length;
      done += fresh;
      say(one.name, sequence.title || sequence.id);
      say(one.number, sequence.readable ? `${fresh}/${shots.length}` : "frozen");
      one.button.title = sequence.id;
    }
    say(entry("").name, "All sequences");
    say(entry("").number, `${done}/${all}`);
  };
  const showRoute = () => {
    const filters = ["board", "contact"].includes(route.view);
    for (const [id, one] of entries) mark(one.button, "aria-current", filters && id === route.sequence ? "true" : null);
    for (const way of ways) {
      way.href = address({ view: way.dataset.view });
      mark(way, "aria-current", way.dataset.view === route.view ? "page" : null);
    }
  };

  onRoute(showRoute);
  onChange((changes) => {
    if (!changes.all && !changes.order && changes.shots.size === 0) return;
    showSequences();
    showRoute();
  });
  showRoute();
}

/** Shows or hides the rail; gives whether it is shown. */
export function foldRail(folded = !document.body.classList.contains("folded")) {
  document.body.classList.toggle("folded", folded);
  remember("rail", folded ? "folded" : "shown");
  return !folded;
}

export const wasFolded = () => remembered("rail", innerWidth < 1100 ? "folded" : "shown") === "folded";
