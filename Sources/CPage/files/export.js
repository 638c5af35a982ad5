// Export: an archive, a contact sheet or a timeline, with its size told beforehand.

import { get } from "./api.js";
import { h, later, mark, say } from "./dom.js";
import { showsShot } from "./filters.js";
import { glyph } from "./icons.js";
import { route } from "./route.js";
import { addressOf, store } from "./store.js";
import { complain } from "./toasts.js";
import { count, seconds, size } from "./words.js";

const forms = [
  ["zip", "Archive (ZIP): takes with their sidecars and sources; unpacked, it is a project again"],
  ["sheet", "Contact sheet (HTML): one file with its pictures in it, for those without reel"],
  ["otio", "Timeline (OTIO): for DaVinci Resolve, Kdenlive and all that read OpenTimelineIO"],
  ["edl", "Edit decision list (EDL): for editing programs that read nothing newer"],
  ["fcpxml", "Timeline (FCPXML): for Final Cut Pro"],
];
/** What is no timeline; a timeline holds the one take that each shot uses. */
const endings = { zip: "zip", sheet: "html" };
const choices = [
  ["used", "What the shots use: the picked take of each, else the newest"],
  ["liked", "Takes you like"],
  ["all", "All takes"],
];

/** Longer addresses are not sent: then all shots are meant. */
const shotsAtMost = 200;

export class View {
  constructor() {
    this.what = h("p", { class: "sum", role: "status" });
    this.remarks = h("ul", { class: "soft" });
    this.link = h("a", { class: "button main", download: "" }, glyph("download"), "Export");
    this.sequences = h("select", { class: "field", "aria-label": "Shots" });
    this.form = h(
      "form",
      { class: "export" },
      group("Form", "form", forms),
      (this.takes = group("Takes", "takes", choices)),
      h("fieldset", {}, h("legend", {}, "Shots"), this.sequences),
      h("div", {}, this.what, this.remarks),
      h("div", {}, this.link),
    );
    this.form.addEventListener("change", () => this.#changed());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.element = h("section", { class: "view", "aria-label": "Export" }, h("div", { class: "bar" }, h("h2", {}, "Export")), h("div", { class: "scroll" }, this.form));
    this.ask = later(80, () => this.#ask());
  }

  enter() {
    const shown = store.sequences.flatMap((sequence) => sequence.shots).filter(showsShot);
    this.shown = shown;
    const filtered = (route.filter !== "all" || route.words || route.sequence) && shown.length <= shotsAtMost;
    this.sequences.replaceChildren(
      h("option", { value: "" }, "All shots"),
      filtered ? h("option", { value: "shown", selected: true }, `Those that the filter shows (${shown.length})`) : "",
      ...store.sequences.map((sequence) => h("option", { value: sequence.id }, sequence.title || sequence.id)),
    );
    this.#changed();
  }

  update(changes) {
    if (changes.all || changes.shots.size > 0 || changes.takes.size > 0) this.ask();
  }

  get #shots() {
    const value = this.sequences.value;
    if (value === "") return [];
    return value === "shown" ? this.shown.map(addressOf) : [value];
  }

  /** The link is right at once; its size is asked for. */
  #changed() {
    this.takes.disabled = !(this.#choice.form in endings);
    const { form, takes } = this.#choice;
    const name = (store.overview.name.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || "film").toLowerCase();
    const query = new URLSearchParams([["takes", takes], ...this.#shots.map((shot) => ["shot", shot])]);
    this.link.href = `/export/${name}.${endings[form] ?? form}?${query}`;
    this.ask();
  }

  get #choice() {
    return { takes: "used", ...Object.fromEntries(new FormData(this.form)) };
  }

  async #ask() {
    if (!this.element.isConnected) return;
    const { form, takes } = this.#choice;
    try {
      const answer = await get("export", { form, takes, shot: this.#shots });
      const number = answer.takes ?? answer.shots ?? 0;
      say(this.what, form in endings ? (form === "zip" ? `${count(number, "take")}, ${size(answer.bytes)}` : count(number, "shot")) : timeline(answer));
      mark(this.link, "aria-disabled", number === 0 ? "true" : null);
      this.remarks.replaceChildren(
        ...[[answer.lacking, "lacks a take"], [answer.pointers, "is a git-lfs pointer only"], [answer.leftOut, "is left out"]]
          .filter(([list]) => list?.length > 0)
          .map(([list, word]) => h("li", {}, `${list.slice(0, 3).map((one) => (typeof one === "string" ? one : one.shot ?? one.file ?? JSON.stringify(one))).join(", ")}${list.length > 3 ? ` and ${list.length - 3} more` : ""}: ${word}`)),
      );
    } catch (error) {
      say(this.what, "");
      complain(error);
    }
  }
}

/** "11 shots, 44.5 s, 2 gaps, 12 kB" */
function timeline({ shots, seconds: length, gaps, bytes }) {
  return [count(shots, "shot"), seconds(length), gaps > 0 ? count(gaps, "gap") : "", size(bytes)].filter(Boolean).join(", ");
}

function group(title, name, entries) {
  return h(
    "fieldset",
    {},
    h("legend", {}, title),
    entries.map(([value, label], at) => h("label", { class: "choice" }, h("input", { type: "radio", name, value, checked: at === 0 }), h("span", {}, label))),
  );
}
