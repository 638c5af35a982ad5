// Buttons for the card under the pointer: one set for the whole grid, so that ten thousand cards cost nothing.

import { h } from "./dom.js";
import { glyph } from "./icons.js";

/** `does` is `[glyph, label, run(key)]` for each button. Keyboards have keys for the same, so that these are no tab stops. */
export function hover(grid, does) {
  let key = null;
  const bar = h(
    "div",
    { class: "hover", hidden: true, role: "presentation" },
    does.map(([name, label, run]) =>
      h("button", { tabIndex: -1, title: label, "aria-label": label, onclick: () => key && run(key) }, glyph(name)),
    ),
  );
  grid.element.addEventListener("mouseover", (event) => {
    if (bar.contains(event.target)) return;
    const cell = event.target.closest(".cell");
    key = grid.keyAt(event.target);
    if (!key) {
      bar.hidden = true;
      return;
    }
    if (bar.parentElement !== cell) cell.append(bar);
    bar.hidden = false;
    bar.style.transform = `translate(${grid.metrics.width - bar.offsetWidth - 4}px, 4px)`;
  });
  const hide = () => {
    bar.hidden = true;
  };
  grid.element.addEventListener("mouseleave", hide);
  grid.element.addEventListener("scroll", hide, { passive: true });
}
