// One field of a shot, edited in place: saved into its file with only those bytes changed. When somebody else changed the same text meanwhile, nothing is
// written, and both texts are shown.

import { post } from "./api.js";
import { differenceText } from "./diff.js";
import { h, mark, say } from "./dom.js";
import { store } from "./store.js";
import { complain, toast } from "./toasts.js";
import { written } from "./words.js";

/** How a value stands in an input, and back. */
const forms = {
  text: { show: (value) => value ?? "", read: (text) => (text === "" ? null : text) },
  number: {
    show: (value) => (value === null || value === undefined ? "" : written(value)),
    read(text) {
      const trimmed = text.trim();
      if (trimmed === "") return null;
      const number = Number(trimmed);
      if (!Number.isFinite(number)) throw new Error("this has to be a number");
      // Whole numbers beyond a double's reach go as they are written.
      if (/^-?\d+$/.test(trimmed) && !Number.isSafeInteger(number) && JSON.rawJSON) return JSON.rawJSON(trimmed);
      return number;
    },
  },
  value: {
    show: (value) => (value === null || value === undefined ? "" : written(value)),
    read(text) {
      if (text.trim() === "") return null;
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    },
  },
};

const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export class FieldEditor {
  #shot = "";
  #base = null;
  #dirty = false;
  #conflict = h("div", { class: "conflict", role: "alert", hidden: true });
  #actions;
  #note;

  /** `form` is `text`, `number` or `value`; `rows` makes it a box of many lines. */
  constructor({ field, label, form = "text", rows = 0, placeholder = "" }) {
    this.field = field;
    this.form = forms[form];
    const id = `field-${field.replace(/[^A-Za-z0-9]/g, "-")}`;
    this.input = rows > 0
      ? h("textarea", { class: "field", id, rows, placeholder, spellcheck: true })
      : h("input", { class: "field", id, placeholder, autocomplete: "off", spellcheck: false, inputMode: form === "number" ? "decimal" : "text" });
    this.#note = h("span", { class: "soft small grow" }, "");
    this.#actions = h(
      "div",
      { class: "row", hidden: true },
      this.#note,
      h("button", { class: "quiet", onclick: () => this.revert() }, "Revert"),
      h("button", { class: "button main", onclick: () => this.save() }, "Save"),
    );
    this.element = h("div", { class: rows > 0 ? "edit wide" : "edit" }, h("label", { for: id }, label), this.input, this.#actions, this.#conflict);
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows what stands in the file now. What is being typed stays; when both changed, both are shown. */
  show(shot, value, refusal) {
    const other = shot !== this.#shot;
    this.#shot = shot;
    this.input.readOnly = refusal !== null;
    mark(this.input, "title", refusal);
    if (other || !this.#dirty) {
      this.#base = value;
      this.#write(value);
      this.#clean();
    } else if (!same(value, this.#base)) {
      if (same(value, this.#read(true))) {
        this.#base = value;
        this.#clean();
      } else {
        this.#showConflict(value, "Somebody changed it in the file while you were typing. Nothing of either is lost:");
      }
    }
  }

  revert() {
    this.#write(this.#base);
    this.#clean();
  }

  async save(before = this.#base) {
    let value;
    try {
      value = this.#read();
    } catch (error) {
      say(this.#note, error.message);
      return;
    }
    if (!store.reachable) {
      toast("The watcher is gone: nothing can be saved until it is back. What you typed stays here.", { bad: true });
      return;
    }
    try {
      const answer = await post("edit", { shot: this.#shot, field: this.field, before: before ?? null, value });
      this.#base = value;
      this.#clean();
      toast(`Saved into ${answer.file}${answer.line ? `, line ${answer.line}` : ""}.`);
    } catch (error) {
      if (error.code === "moved-on" && error.body) this.#showConflict(error.body.current ?? null, "It was changed in the file meanwhile, so nothing was written:");
      else if (error.code === "bad-value") say(this.#note, error.message);
      else complain(error);
    }
  }

  #read(quietly = false) {
    try {
      return this.form.read(this.input.value);
    } catch (error) {
      if (quietly) return undefined;
      throw error;
    }
  }

  #write(value) {
    const text = this.form.show(value);
    if (this.input.value !== text) this.input.value = text;
  }

  #typed() {
    this.#dirty = this.input.value !== this.form.show(this.#base);
    this.#actions.hidden = !this.#dirty;
    say(this.#note, "Ctrl+Enter saves");
    if (!this.#dirty) this.#clean();
  }

  #clean() {
    this.#dirty = false;
    this.#actions.hidden = true;
    this.#conflict.hidden = true;
    this.#conflict.replaceChildren();
  }

  #key(event) {
    const submits = event.key === "Enter" && (event.ctrlKey || event.metaKey || this.input.tagName === "INPUT");
    if (submits && this.#dirty) {
      event.preventDefault();
      this.save();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (this.#dirty) this.revert();
      else this.left?.();
    }
  }

  /** Both texts, their difference, and the two ways on. */
  #showConflict(current, sentence) {
    const mine = this.input.value;
    const theirs = this.form.show(current);
    this.#actions.hidden = true;
    this.#conflict.hidden = false;
    this.#conflict.replaceChildren(
      h("p", {}, sentence),
      h("p", { class: "cap" }, "In the file now"),
      h("p", { class: "text theirs" }, theirs === "" ? "(nothing)" : theirs),
      h("p", { class: "cap" }, "Yours"),
      h("p", { class: "text mine" }, mine === "" ? "(nothing)" : mine),
      h("p", { class: "cap" }, "From the file's to yours"),
      differenceText(theirs, mine),
      h(
        "div",
        { class: "row" },
        h("button", {
          class: "button",
          onclick: () => {
            this.#base = current;
            this.revert();
            this.input.focus();
          },
        }, "Keep the file's"),
        h("button", { class: "button main", onclick: () => this.save(current) }, "Write mine"),
      ),
    );
  }
}
