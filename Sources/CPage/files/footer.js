// The footer: how many shots are in which state, what the keys do here, the size of cards, the surround.

import { h, mark, remember } from "./dom.js";
import { glyph } from "./icons.js";
import { onChange, store } from "./store.js";
import { count, stateWords } from "./words.js";

const order = ["unreadable", "failed", "running", "queued", "waiting", "stale", "missing", "held", "fresh"];
const themes = [["dark", "Dark"], ["grey", "Grey"], ["light", "Light"]];

/** `resize(size)` is called as the slider moves. */
export function footer(element, { resize }) {
  const totals = h("div", { class: "totals" });
  const hints = h("div", { class: "hints", "aria-hidden": "true" });
  const slider = h("input", { type: "range", "aria-label": "Size of the cards" });
  const size = h("label", { class: "size" }, h("span", {}, "Size"), slider);
  const surround = h(
    "div",
    { class: "segment", role: "group", "aria-label": "Surround" },
    themes.map(([name, label]) => h("button", { "data-name": name, onclick: () => choose(name) }, label)),
  );
  element.append(totals, hints, size, surround);
  slider.addEventListener("input", () => resize(Number(slider.value)));

  const current = () => document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
  const showTheme = () => {
    for (const button of surround.children) mark(button, "aria-pressed", button.dataset.name === current() ? "true" : "false");
  };
  const choose = (name) => {
    document.documentElement.dataset.theme = name;
    remember("theme", name);
    showTheme();
  };
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", showTheme);
  showTheme();

  onChange((changes) => {
    if (!changes.all && !changes.overview) return;
    const shots = store.overview.shots;
    const shown = order.filter((state) => shots[state] > 0).slice(0, 4);
    totals.replaceChildren(
      h("span", {}, count(shots.total, "shot")),
      ...shown.map((state) => {
        const part = h("span", { class: "state", "data-state": state }, glyph(state), `${shots[state].toLocaleString("en")} ${stateWords[state]}`);
        return part;
      }),
    );
  });

  return {
    hints,
    /** Shows what belongs to a view. */
    show(view) {
      hints.replaceChildren(...(view.hints ?? []).map(([name, does]) => h("span", {}, h("kbd", {}, name), ` ${does}`)), h("span", {}, h("kbd", {}, "?"), " all keys"));
      size.style.visibility = view.sizes ? "visible" : "hidden";
      slider.disabled = !view.sizes;
      if (!view.sizes) return;
      slider.min = view.sizes.least;
      slider.max = view.sizes.most;
      slider.value = view.size;
    },
  };
}

