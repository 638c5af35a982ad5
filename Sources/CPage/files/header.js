// The header: project, sequence, search, filter chips, views, engines, help.

import { h, later, mark, say } from "./dom.js";
import { engines } from "./engines.js";
import { chips } from "./filters.js";
import { showHelp } from "./help.js";
import { glyph } from "./icons.js";
import { address, go, onRoute, route } from "./route.js";
import { onChange, store } from "./store.js";

const views = [["board", "Board"], ["contact", "Contact"], ["replay", "Replay"], ["history", "History"]];

/** Builds the header. `fold` shows or hides the rail, `toGrid` gives the focus to the view. */
export function header(element, { fold, toGrid }) {
  const name = h("h1", { class: "cut" }, "Reelwright");
  const where = h("select", { class: "field where", "aria-label": "Sequence", onchange: () => go({ ...here(), sequence: where.value }) });
  const search = h("input", { type: "search", class: "field", placeholder: "Search", "aria-label": "Search shots", "aria-keyshortcuts": "/", autocomplete: "off", spellcheck: false });
  const chipButtons = chips.map(([filter, label]) => h("button", { class: "chip", onclick: () => go({ ...here(), filter }) }, label));
  const tabs = views.map(([view, label]) => h("a", { class: "tab", "data-view": view }, label));
  const foldButton = h("button", { class: "quiet square", "aria-label": "Sequences and inbox", "aria-expanded": "true", title: "Sequences and inbox ([)", onclick: fold }, glyph("rail"));

  /** A filter on a page that does not filter leads to the board. */
  const here = () => ({ view: ["board", "contact"].includes(route.view) ? route.view : "board" });

  const asked = later(120, () => go({ ...here(), words: search.value.trim() }, true));
  search.addEventListener("input", asked);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      asked.cancel();
      search.value = "";
      if (route.words) go({ ...here(), words: "" }, true);
      toGrid();
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      asked.cancel();
      go({ ...here(), words: search.value.trim() }, true);
      toGrid();
    }
  });

  element.append(
    foldButton,
    name,
    where,
    h("div", { class: "search", role: "search" }, glyph("search"), search),
    h("div", { class: "chips", role: "group", "aria-label": "Show" }, chipButtons),
    h("span", { class: "gap" }),
    h("nav", { class: "tabs", "aria-label": "Views" }, tabs),
    h("span", { class: "rule", role: "presentation" }),
    engines(),
    h("button", { class: "quiet square", "aria-label": "Keys and help", title: "Keys and help (?)", onclick: showHelp }, glyph("question")),
  );

  const showRoute = () => {
    chipButtons.forEach((button, at) => mark(button, "aria-pressed", chips[at][0] === route.filter ? "true" : "false"));
    for (const tab of tabs) {
      mark(tab, "aria-current", tab.dataset.view === route.view ? "page" : null);
      tab.href = address({ view: tab.dataset.view });
    }
    if (document.activeElement !== search && search.value !== route.words) search.value = route.words;
    where.value = route.sequence;
  };
  const showSequences = () => {
    where.replaceChildren(h("option", { value: "" }, "All sequences"), ...store.sequences.map((sequence) => h("option", { value: sequence.id }, sequence.title || sequence.id)));
    where.value = route.sequence;
  };
  onRoute(showRoute);
  onChange((changes) => {
    if (changes.all || changes.overview) {
      say(name, store.overview.name);
      name.title = store.overview.folder;
      const running = store.overview.shots.running;
      document.title = running > 0 ? `${running} running · ${store.overview.name}` : store.overview.name;
    }
    if (changes.all || changes.order) showSequences();
  });
  showSequences();
  showRoute();
  return { search: () => search.select() ?? search.focus(), foldButton };
}
