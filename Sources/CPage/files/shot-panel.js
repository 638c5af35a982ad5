// What is known and written about a shot: its state and why, its fields, and the take that is looked at.

import { cancel, hold, like, remove, retake, retry } from "./actions.js";
import { get } from "./api.js";
import { differenceText } from "./diff.js";
import { h, later, mark, remember, remembered, say } from "./dom.js";
import { FieldEditor } from "./editor.js";
import { glyph, reshape } from "./icons.js";
import { saveToLibrary } from "./library-save.js";
import { store, takesOf } from "./store.js";
import { size, stateText, time, written, day } from "./words.js";

const fields = [
  { field: "prompt", label: "Prompt", rows: 6 },
  { field: "negativePrompt", label: "Negative prompt", rows: 2, placeholder: "as in the project" },
  { field: "name", label: "Name" },
  { field: "duration", label: "Duration, seconds", form: "number" },
  { field: "seed", label: "Seed", form: "number", placeholder: "of the recipe" },
  { field: "style", label: "Style", placeholder: "as in the project" },
  { field: "model", label: "Model" },
  { field: "note", label: "Note", rows: 2 },
];

export class ShotPanel {
  #stateGlyph = glyph("fresh");
  #stateWord = h("span", {});
  #held = h("span", { class: "soft small" });
  #editors = new Map();
  #answer = null;
  #taken = null;

  constructor(view) {
    this.view = view;
    this.holdButton = h("button", { class: "button", onclick: () => hold([view.shot]) }, "Hold");
    this.cancelButton = h("button", { class: "button", onclick: () => cancel([view.shot]) }, "Cancel");
    this.retryButton = h("button", { class: "button", onclick: () => retry([view.shot]) }, "Retry");
    this.sentence = h("p", { class: "sentence soft" });
    this.file = h("p", { class: "file soft cut small" });
    this.refusal = h("p", { class: "soft", hidden: true });
    this.edits = h("div", { class: "edits" });
    for (const field of fields) this.#editor(field);
    this.parts = {
      written: h("section", { id: "part-written", "aria-label": "Written" }, this.file, this.refusal, this.edits),
      why: h("section", { id: "part-why", "aria-label": "Why" }),
      take: h("section", { id: "part-take", "aria-label": "This take" }),
    };
    this.switch = h(
      "div",
      { class: "segment", role: "group", "aria-label": "About this shot" },
      [["written", "Written"], ["why", "Why"], ["take", "This take"]].map(([name, label]) => h("button", { "data-name": name, onclick: () => this.#choose(name) }, label)),
    );
    this.body = h("div", { class: "panel-body", tabIndex: 0, role: "group", "aria-label": "Details" }, Object.values(this.parts));
    this.element = h(
      "aside",
      { class: "panel", "aria-label": "About this shot" },
      h(
        "div",
        { class: "panel-head" },
        h("p", { class: "state-line" }, (this.stateLine = h("span", { class: "state" }, this.#stateGlyph, this.#stateWord)), this.#held),
        this.sentence,
        h("div", { class: "buttons" }, h("button", { class: "button", onclick: () => retake(view.shot) }, glyph("retake"), "Retake"), this.holdButton, this.cancelButton, this.retryButton),
        this.switch,
      ),
      this.body,
    );
    this.#choose(remembered("shot-part", "written"));
    this.fetchTake = later(60, (key) => this.#fetchTake(key));
  }

  clear() {
    this.#answer = null;
    this.#taken = null;
    this.parts.why.replaceChildren();
    this.parts.take.replaceChildren();
    say(this.sentence, "");
    this.state();
  }

  #choose(part) {
    const chosen = this.parts[part] ? part : "written";
    for (const [name, element] of Object.entries(this.parts)) element.hidden = name !== chosen;
    for (const button of this.switch.children) mark(button, "aria-pressed", button.dataset.name === chosen ? "true" : "false");
    remember("shot-part", chosen);
  }

  /** Takes in the answer of /api/shot. */
  show(answer) {
    this.#answer = answer;
    const { file, line, fields: now, refusal } = answer.written;
    say(this.file, line ? `${file}:${line}` : file ?? "");
    say(this.sentence, answer.card.detail ?? (answer.why?.kinds ?? []).map((kind) => kind.reason).join("; "));
    mark(this.sentence, "title", this.sentence.textContent || null);
    this.refusal.hidden = !refusal;
    say(this.refusal, refusal ?? "");
    const parameters = Object.keys(now.parameters ?? {});
    for (const name of parameters) if (!this.#editors.has(`parameters.${name}`)) this.#editor({ field: `parameters.${name}`, label: name, form: "value" });
    for (const [field, editor] of this.#editors) {
      const name = field.startsWith("parameters.") ? field.slice(11) : null;
      if (name !== null && !parameters.includes(name)) {
        editor.element.hidden = true;
        continue;
      }
      editor.element.hidden = false;
      editor.show(answer.shot, (name !== null ? now.parameters[name] : now[field]) ?? null, refusal);
    }
    this.#showWhy(answer);
    this.state();
  }

  /** Shows state and progress as the store has them. */
  state() {
    const shot = store.shots.get(this.view.shot);
    if (!shot) return;
    const progress = store.progress.get(shot.key);
    reshape(this.#stateGlyph, shot.state);
    mark(this.stateLine, "data-state", shot.state);
    say(this.#stateWord, stateText(shot.state, progress, store.place.get(shot.key)));
    say(this.#held, [shot.held && shot.state !== "held" ? "held" : "", progress?.message ?? ""].filter(Boolean).join(", "));
    say(this.holdButton, shot.held ? "Release" : "Hold");
    this.cancelButton.disabled = !["running", "queued"].includes(shot.state);
    this.retryButton.disabled = shot.state !== "failed";
  }

  /** Tells about the take with the focus. */
  take(key) {
    if (!key) {
      this.#taken = null;
      this.parts.take.replaceChildren();
      return;
    }
    const take = store.takes.get(key);
    const said = take ? `${key},${take.flags},${take.rating},${take.v}` : "";
    if (said === this.#taken) return;
    this.#taken = said;
    this.fetchTake(key);
  }

  /** To the prompt. */
  edit() {
    this.#choose("written");
    this.#editors.get("prompt").input.focus();
  }

  #editor(description) {
    const editor = new FieldEditor(description);
    editor.left = () => this.view.grid.focus();
    this.#editors.set(description.field, editor);
    this.edits.append(editor.element);
  }

  /** Why it was made, or is to be made again: kind by kind, and field by field where recipe and take differ. */
  #showWhy(answer) {
    const kinds = answer.why?.kinds ?? [];
    this.parts.why.replaceChildren(
      ...kinds.map((kind) => {
        const changed = (kind.fields ?? []).filter((field) => field.differs);
        return h(
          "div",
          {},
          h("p", { class: "soft" }, kinds.length > 1 ? `${kind.kind} by ${kind.engine}: ` : "", changed.length === 0 ? kind.reason : `${kind.kind} by ${kind.engine}:`),
          kind.message ? h("p", {}, kind.message) : null,
          ...changed.map((field) =>
            typeof field.now === "string" && typeof field.take === "string"
              ? h("div", {}, h("p", { class: "cap" }, `${field.field}, its take → now`), differenceText(field.take, field.now, 60))
              : h("p", {}, field.changes.join("; ") || `${field.field} ${written(field.take)} → ${written(field.now)}`),
          ),
          h(
            "details",
            {},
            h("summary", {}, "Whole recipe"),
            h("dl", {}, (kind.fields ?? []).filter((field) => field.now !== null).flatMap((field) => [h("dt", { class: "cut" }, field.field), h("dd", {}, written(field.now))])),
          ),
        );
      }),
      ...(answer.why?.problems ?? []).map((problem) => h("p", {}, `${problem.file}:${problem.line}: ${problem.message}`)),
    );
  }

  async #fetchTake(key) {
    let answer;
    try {
      answer = await get("take", { take: key }, { exact: true });
    } catch {
      return;
    }
    if (this.view.take !== key) return;
    const { take, recipe, previous } = answer;
    const note = h("input", { class: "field grow", placeholder: "A note, why you like it", "aria-label": "Note on this take", autocomplete: "off" });
    note.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && note.value.trim()) {
        like([key], note.value.trim());
        note.value = "";
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.view.grid.focus();
      }
    });
    const shownAs = takesOf(this.view.shot).findIndex((one) => one.key === key) + 1;
    const before = previous ? takesOf(this.view.shot).findIndex((one) => one.key === previous.take) + 1 : 0;
    this.parts.take.replaceChildren(
      h("h3", {}, shownAs > 0 ? `Take ${shownAs}` : "Take", h("span", { class: "soft" }, take.removed ? "removed" : `${take.kind}${take.engine ? ` by ${take.engine}` : ""}`)),
      previous
        ? h("div", {}, h("p", { class: "cap" }, before > 0 ? `Other than in take ${before}, the one before` : "Other than in the one before"), h("ul", {}, previous.changes.length > 0 ? previous.changes.map((change) => h("li", {}, change)) : h("li", { class: "soft" }, "nothing in its recipe")))
        : h("p", { class: "soft" }, recipe ? "The first of its kind: nothing to compare its recipe with." : "Put there by a person: it has no recipe."),
      h(
        "dl",
        { class: "facts" },
        fact("File", take.file),
        fact("Made", take.time ? `${day(take.time)}, ${time(take.time)}` : null),
        fact("Picture", [take.width && `${take.width} × ${take.height}`, size(take.bytes), take.type].filter(Boolean).join(", ")),
        fact("Presence", take.presence === "here" ? null : take.presence),
        fact("Damaged", take.damaged),
        ...take.ratings.map((rating) => fact(rating.value > 0 ? "Liked" : "Disliked", rating.person + (rating.note ? `: ${rating.note}` : ""))),
      ),
      h("div", { class: "buttons" }, note),
      h(
        "div",
        { class: "buttons" },
        recipe?.prompt ? h("button", { class: "button", onclick: () => saveToLibrary({ take: key, suggestion: store.shots.get(take.shot)?.id, prompt: recipe.prompt }) }, glyph("library"), "Save prompt") : null,
        h("a", { class: "button", href: `${take.media}&download=1`, download: "" }, glyph("download"), "Download"),
        h("button", { class: "button", onclick: () => remove([key]) }, glyph("trash"), "Remove"),
      ),
      recipe ? h("details", {}, h("summary", {}, "Its whole recipe"), h("dl", {}, Object.entries(recipe).flatMap(([name, value]) => [h("dt", { class: "cut" }, name), h("dd", {}, written(value))]))) : "",
    );
  }
}

function fact(name, value) {
  return value ? [h("dt", {}, name), h("dd", {}, value)] : [];
}

