// What the board and the contact sheet have in common: one grid that fills the view, cells of a size that a person chooses, and a place that is kept while
// another view is on the stage.

import { remembered } from "./dom.js";

/** Views of this sort make `grid` and have `arrange()`, which fills it by the address and the store. */
export class GridView {
  /** `sizes` says under which name the size is remembered, and in which limits it is chosen. */
  constructor(sizes) {
    this.sizes = sizes;
    this.size = Number(remembered(sizes.name, 0)) || sizes.usual();
  }

  enter() {
    this.arrange();
    this.grid.measure();
    if (this.place !== undefined) this.grid.scrollTop = this.place;
    this.grid.focus();
  }

  leave() {
    this.place = this.grid.scrollTop;
  }

  routed() {
    this.arrange();
  }

  resize(size) {
    this.size = size;
    this.grid.measure();
    this.grid.refresh();
  }
}
