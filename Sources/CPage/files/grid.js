// A grid of any length with few elements: rows that are seen, and some above and below. A layout grid as the ARIA practices describe it: one tab
// stop, arrows move, and the cell that has the focus stays mounted wherever the view is scrolled to.

import { h, isIdleLetter, isTyping, mark, say } from "./dom.js";

const headingHeight = 36;
const endSpace = 24;
/** Faster than this (pixels a millisecond), pictures that are not at hand wait until it is calm. */
const flying = 4;

/**
 * `label` names it to readers. `measure(width)` gives `{columns, width, height, gap}` of a cell. `make()` gives a cell: `{element, show(key, options),
 * settle?()}`. `open(key)` is called for Enter and double click, `press(event, keys)` for other keys (true: done), `moved()` when focus or selection did.
 */
export class Grid {
  groups = [];
  keys = [];
  focused = null;
  selected = new Set();

  #at = new Map();
  #rows = [];
  #rowOf = [];
  #mounted = new Map();
  #spare = [];
  #spareHeadings = [];
  #metrics = { columns: 1, width: 1, height: 1, gap: 16 };
  #anchor = null;
  #scrollTop = 0;
  #scrolledAt = 0;
  #calm = 0;
  #frame = 0;
  #wantsFocus = false;

  constructor(options) {
    this.options = options;
    this.space = h("div", { class: "space", role: "presentation" });
    this.element = h("div", { class: "grid", role: "grid", "aria-label": options.label, "aria-multiselectable": options.selects === false ? undefined : "true" }, this.space);
    this.element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("mousedown", (event) => this.#click(event));
    this.element.addEventListener("dblclick", (event) => {
      const key = this.keyAt(event.target);
      if (key) options.open?.(key);
    });
    this.element.addEventListener("focusin", (event) => {
      const key = this.keyAt(event.target);
      if (key && key !== this.focused) this.#focusTo(key, { scroll: false });
    });
    new ResizeObserver(() => this.measure()).observe(this.element);
  }

  /** Sets what it holds: `[{id, title, note, keys}]`; a group without a title has no heading. Focus and place stay with what they were at. */
  set(groups) {
    const before = this.focused;
    const index = this.#at.get(before) ?? 0;
    this.groups = groups;
    this.keys = groups.flatMap((group) => group.keys);
    this.#at = new Map(this.keys.map((key, at) => [key, at]));
    for (const key of this.selected) if (!this.#at.has(key)) this.selected.delete(key);
    if (!this.#at.has(this.focused)) this.focused = this.keys[Math.min(index, this.keys.length - 1)] ?? null;
    const had = this.element.contains(document.activeElement) && this.keyAt(document.activeElement) !== null;
    this.#layOut();
    if (had && before !== this.focused) this.#land();
  }

  /** Measures again, after the size of cells was changed. */
  measure() {
    const width = this.element.clientWidth - 16;
    if (width <= 0) return;
    this.#metrics = { gap: 16, ...this.options.measure(width) };
    this.#layOut();
  }

  get metrics() {
    return this.#metrics;
  }

  /** Draws cells anew: all, or those in `keys`. */
  refresh(keys = null) {
    for (const row of this.#mounted.values()) {
      if (row.heading) continue;
      for (const cell of row.cells) if (cell.key && (!keys || keys.has(cell.key))) cell.cell.show(cell.key, { later: false });
    }
    if (!keys) this.#headings();
  }

  /** Moves the focus to a cell. */
  focus(key = this.focused, { quietly = false } = {}) {
    if (!key || !this.#at.has(key)) {
      this.#wantsFocus = !quietly;
      return;
    }
    this.#focusTo(key);
    if (!quietly) this.#land();
  }

  /** To the next cell, after something was done with this one. */
  next() {
    const at = this.#at.get(this.focused);
    if (at === undefined || at + 1 >= this.keys.length) return;
    this.focus(this.keys[at + 1]);
  }

  /** The cells that an action is for: those selected, else the one with the focus. */
  get chosen() {
    if (this.selected.size > 0) return this.keys.filter((key) => this.selected.has(key));
    return this.focused ? [this.focused] : [];
  }

  select(keys) {
    this.selected = new Set(keys);
    this.#marks();
  }

  get scrollTop() {
    return this.element.scrollTop;
  }

  set scrollTop(value) {
    this.element.scrollTop = value;
  }

  /** Scrolls to the beginning of a group. */
  show(group) {
    const row = this.#rows.findIndex((one) => one.group.id === group);
    if (row >= 0) this.element.scrollTop = this.#rows[row].top;
  }

  keyAt(target) {
    const element = target instanceof Element ? target.closest(".cell") : null;
    return element?.dataset.key ?? null;
  }

  /** Keys that are seen now. */
  get seen() {
    return [...this.#mounted.values()].flatMap((row) => (row.heading ? [] : row.cells.map((cell) => cell.key).filter(Boolean)));
  }

  // --- Rows

  #layOut() {
    const { columns, height, gap } = this.#metrics;
    this.#rows = [];
    this.#rowOf = new Array(this.keys.length);
    let top = this.options.top ?? 4;
    let index = 0;
    for (const group of this.groups) {
      if (group.title !== undefined && group.title !== null) {
        this.#rows.push({ heading: true, group, top, height: headingHeight });
        top += headingHeight;
      }
      for (let from = 0; from < group.keys.length; from += columns) {
        const length = Math.min(columns, group.keys.length - from);
        for (let at = 0; at < length; at += 1) this.#rowOf[index + at] = this.#rows.length;
        this.#rows.push({ heading: false, group, top, height, from: index, length });
        index += length;
        top += height + gap;
      }
    }
    this.space.style.height = `${top + endSpace}px`;
    this.element.style.setProperty("--cell", `${this.#metrics.width}px`);
    mark(this.element, "aria-rowcount", this.#rows.length);
    mark(this.element, "aria-colcount", columns);
    for (const row of this.#mounted.values()) this.#retire(row);
    this.#mounted.clear();
    this.#draw(false);
    if (this.#wantsFocus && this.focused) {
      this.#wantsFocus = false;
      this.#land();
    }
  }

  #scrolled() {
    const now = performance.now();
    const speed = Math.abs(this.element.scrollTop - this.#scrollTop) / Math.max(1, now - this.#scrolledAt);
    this.#scrollTop = this.element.scrollTop;
    this.#scrolledAt = now;
    clearTimeout(this.#calm);
    this.#calm = setTimeout(() => this.#settle(), 90);
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw(speed > flying);
    });
  }

  #settle() {
    for (const row of this.#mounted.values()) {
      if (!row.heading) for (const cell of row.cells) if (cell.key) cell.cell.settle?.();
    }
    this.options.settled?.();
  }

  /** The first row whose end lies below `y`. */
  #rowAt(y) {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle].top + this.#rows[middle].height < y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #draw(later) {
    const top = this.element.scrollTop;
    const height = this.element.clientHeight;
    const more = Math.min(this.#metrics.height, 240);
    const first = this.#rowAt(top - more);
    let last = first;
    while (last < this.#rows.length && this.#rows[last].top < top + height + more) last += 1;
    const kept = this.focused ? this.#rowOf[this.#at.get(this.focused)] : -1;
    for (const [index, row] of this.#mounted) {
      if ((index < first || index >= last) && index !== kept) {
        this.#retire(row);
        this.#mounted.delete(index);
      }
    }
    for (let index = first; index < last; index += 1) if (!this.#mounted.has(index)) this.#mount(index, later);
    if (kept >= 0 && kept < this.#rows.length && !this.#mounted.has(kept)) this.#mount(kept, later);
    // Spare rows are elements, too.
    while (this.#spare.length > 3) this.#spare.shift().element.remove();
    while (this.#spareHeadings.length > 3) this.#spareHeadings.shift().element.remove();
  }

  #mount(index, later) {
    const row = this.#rows[index];
    const mounted = row.heading ? this.#headingRow(row) : this.#cellRow(row, later);
    mounted.element.style.transform = `translateY(${row.top}px)`;
    mark(mounted.element, "aria-rowindex", index + 1);
    if (!mounted.element.isConnected) this.space.append(mounted.element);
    mounted.element.hidden = false;
    this.#mounted.set(index, mounted);
  }

  #headingRow(row) {
    const mounted = this.#spareHeadings.pop() ?? this.#makeHeading();
    mounted.group = row.group;
    this.#sayHeading(mounted);
    return mounted;
  }

  #makeHeading() {
    const title = h("strong", { class: "cut" });
    const note = h("span", {});
    const cell = h("div", { role: "gridcell" }, title, note);
    const element = h("div", { class: "row heading", role: "row" }, cell);
    return { heading: true, element, title, note, cell, group: null };
  }

  #sayHeading(mounted) {
    say(mounted.title, mounted.group.title);
    say(mounted.note, mounted.group.note ?? "");
    mark(mounted.cell, "aria-colspan", this.#metrics.columns);
  }

  #headings() {
    for (const row of this.#mounted.values()) if (row.heading) this.#sayHeading(row);
  }

  #cellRow(row, later) {
    const { columns, gap, width, height } = this.#metrics;
    // One that shows the very cells already is taken first: their pictures stay.
    const same = this.#spare.findIndex((one) => one.cells[0]?.key === this.keys[row.from]);
    const mounted = (same >= 0 ? this.#spare.splice(same, 1)[0] : this.#spare.pop()) ?? { heading: false, element: h("div", { class: "row", role: "row" }), cells: [] };
    mounted.element.style.columnGap = `${gap}px`;
    mounted.element.style.height = `${height}px`;
    while (mounted.cells.length > columns) mounted.cells.pop().element.remove();
    for (let at = 0; at < columns; at += 1) {
      let cell = mounted.cells[at];
      if (at >= row.length) {
        if (cell) {
          cell.key = null;
          cell.element.hidden = true;
          cell.element.removeAttribute("data-key");
        }
        continue;
      }
      if (!cell) {
        const made = this.options.make();
        made.element.classList.add("cell");
        mark(made.element, "role", "gridcell");
        mounted.element.append(made.element);
        cell = { cell: made, element: made.element, key: null };
        mounted.cells[at] = cell;
      }
      const key = this.keys[row.from + at];
      cell.key = key;
      cell.element.hidden = false;
      cell.element.dataset.key = key;
      cell.element.style.width = `${width}px`;
      mark(cell.element, "aria-colindex", at + 1);
      this.#markCell(cell);
      cell.cell.show(key, { later });
    }
    return mounted;
  }

  #retire(row) {
    if (!row.heading && row.element.contains(document.activeElement)) this.#wantsFocus = true;
    row.element.hidden = true;
    for (const cell of row.cells ?? []) cell.element.removeAttribute("data-key");
    if (row.heading) this.#spareHeadings.push(row);
    else this.#spare.push(row);
  }

  #markCell(cell) {
    cell.element.tabIndex = cell.key === this.focused ? 0 : -1;
    if (this.options.selects === false) return;
    mark(cell.element, "aria-selected", this.selected.has(cell.key) ? "true" : "false");
  }

  #marks() {
    for (const row of this.#mounted.values()) if (!row.heading) for (const cell of row.cells) if (cell.key) this.#markCell(cell);
    this.options.moved?.();
  }

  // --- Focus, keys and pointer

  #focusTo(key, { scroll = true } = {}) {
    this.focused = key;
    if (scroll) {
      const row = this.#rows[this.#rowOf[this.#at.get(key)]];
      if (row) {
        const top = row.from === 0 ? 0 : row.top - 8;
        const bottom = row.top + row.height + 12 - this.element.clientHeight;
        if (this.element.scrollTop > top) this.element.scrollTop = top;
        else if (this.element.scrollTop < bottom) this.element.scrollTop = bottom;
        this.#draw(false);
      }
    }
    this.#marks();
  }

  #land() {
    const row = this.#mounted.get(this.#rowOf[this.#at.get(this.focused)]);
    row?.cells.find((cell) => cell.key === this.focused)?.element.focus({ preventScroll: true });
  }

  #key(event) {
    if (isTyping(event.target) || isIdleLetter(event)) return;
    const { columns, height, gap } = this.#metrics;
    const at = this.#at.get(this.focused) ?? 0;
    const page = Math.max(1, Math.floor(this.element.clientHeight / (height + gap)));
    const control = event.ctrlKey || event.metaKey;
    let to = null;
    switch (event.key) {
      case "ArrowRight": to = at + 1; break;
      case "ArrowLeft": to = at - 1; break;
      case "ArrowDown": to = this.#below(at, 1); break;
      case "ArrowUp": to = this.#below(at, -1); break;
      case "PageDown": to = this.#below(at, page); break;
      case "PageUp": to = this.#below(at, -page); break;
      case "Home": to = control ? 0 : at - (at - this.#rowStart(at)); break;
      case "End": to = control ? this.keys.length - 1 : this.#rowStart(at) + (this.#rows[this.#rowOf[at]]?.length ?? 1) - 1; break;
      case "a":
        if (control && this.options.selects !== false) {
          event.preventDefault();
          this.select(this.keys);
          return;
        }
        break;
      case "Enter":
        if (this.focused && event.target.closest(".cell") === event.target) {
          event.preventDefault();
          this.options.open?.(this.focused);
        }
        return;
      case "Escape":
        if (this.selected.size > 0) {
          event.preventDefault();
          event.stopPropagation();
          this.select([]);
          return;
        }
        break;
      default:
    }
    if (to !== null && !event.altKey) {
      event.preventDefault();
      if (this.keys.length === 0) return;
      const key = this.keys[Math.max(0, Math.min(this.keys.length - 1, to))];
      if (event.shiftKey && this.options.selects !== false) this.#selectTo(key);
      this.focus(key);
      this.#anchor = event.shiftKey ? this.#anchor : key;
      return;
    }
    if (control || event.altKey) return;
    if (this.focused && this.options.press?.(event, this.chosen)) event.preventDefault();
  }

  #rowStart(at) {
    return this.#rows[this.#rowOf[at]]?.from ?? 0;
  }

  /** The cell `by` rows further down in the same column. */
  #below(at, by) {
    const column = at - this.#rowStart(at);
    let row = this.#rowOf[at];
    let left = Math.abs(by);
    let found = row;
    while (left > 0) {
      row += Math.sign(by);
      if (row < 0 || row >= this.#rows.length) break;
      if (this.#rows[row].heading) continue;
      found = row;
      left -= 1;
    }
    const to = this.#rows[found];
    return to ? to.from + Math.min(column, to.length - 1) : at;
  }

  #selectTo(key) {
    const from = this.#at.get(this.#anchor ?? this.focused) ?? 0;
    const to = this.#at.get(key) ?? 0;
    this.selected = new Set(this.keys.slice(Math.min(from, to), Math.max(from, to) + 1));
    if (!this.#anchor) this.#anchor = this.focused;
  }

  #click(event) {
    if (event.button !== 0 || event.target.closest("a, button")) return;
    const key = this.keyAt(event.target);
    if (!key) return;
    event.preventDefault();
    if (this.options.selects !== false && event.shiftKey) {
      this.#selectTo(key);
    } else if (this.options.selects !== false && (event.ctrlKey || event.metaKey)) {
      if (this.selected.has(key)) this.selected.delete(key);
      else this.selected.add(key);
      this.#anchor = key;
    } else {
      this.selected.clear();
      this.#anchor = key;
    }
    this.#focusTo(key);
    this.#land();
  }
}
