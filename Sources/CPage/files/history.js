// History: what changed, what was queued for it and how it ended; and the trash, from which takes come back.

import { restore } from "./actions.js";
import { get } from "./api.js";
import { h, mark, say } from "./dom.js";
import { Grid } from "./grid.js";
import { glyph, reshape } from "./icons.js";
import { Picture } from "./picture.js";
import { address, go } from "./route.js";
import { store } from "./store.js";
import { count, day, seconds, time } from "./words.js";

const atOnce = 500;

const signs = {
  planned: "stale", queued: "queued", started: "running", finished: "fresh", restored: "fresh", failed: "failed", problem: "failed", solved: "fresh", cancelled: "dislike",
  cancelling: "dislike", waiting: "waiting", paused: "held", resumed: "play", notice: "question", stopping: "gone", loaded: "film", hello: "film",
};

/** What an event says beside its name, in one line. */
function sentence(event) {
  switch (event.type) {
    case "planned": return `${count(event.jobs, "job")}: ${(event.changes ?? []).map((change) => change.reason).filter((reason, at, all) => all.indexOf(reason) === at).slice(0, 2).join("; ")}`;
    case "queued": case "started": return event.adopted ? "taken up from an earlier run" : event.reason ?? "";
    case "finished": return event.take ?? "";
    case "restored": return event.from === "cache" ? `from the cache: ${event.take}` : `${event.take}, as ${event.from}`;
    case "failed": return `${event.message}${event.willRetry ? "; it is tried again" : ""}`;
    case "problem": case "solved": return `${[event.file, event.line, event.column].filter(Boolean).join(":")}  ${event.message ?? ""}`;
    case "loaded": return `${event.name}: ${count(event.sequences, "sequence")}`;
    case "stopping": return `${event.running ?? 0} running`;
    default: return event.message ?? event.reason ?? "";
  }
}

/** `20261121T064543Z-123456789` as a day and a time. */
function whenRemoved(text) {
  const [, year, month, date, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(text) ?? [];
  if (!year) return "";
  const moment = Date.UTC(year, month - 1, date, hour, minute, second) / 1000;
  return `${day(moment)}, ${time(moment)}`;
}

class EventCell {
  #time = h("span", { class: "soft" });
  #sign = glyph("fresh");
  #type = h("span", {});
  #shot = h("a", { class: "cut", tabIndex: -1 });
  #text = h("span", { class: "cut" });
  #took = h("span", { class: "soft took" });

  constructor(view) {
    this.view = view;
    this.line = h("div", { class: "event" }, this.#time, this.#sign, this.#type, this.#shot, this.#text, this.#took);
    this.element = h("div", {}, this.line);
    this.element.style.height = "33px";
  }

  show(key) {
    const event = this.view.events.get(key);
    if (!event) return;
    say(this.#time, time(event.time));
    reshape(this.#sign, signs[event.type] ?? "question");
    mark(this.line, "data-type", event.type);
    say(this.#type, [event.type, event.kind].filter(Boolean).join(" "));
    say(this.#shot, event.shot ?? "");
    mark(this.#shot, "href", event.shot ? address({ view: "shot", rest: event.shot, take: event.takeKey ?? "" }) : null);
    const text = sentence(event);
    say(this.#text, text);
    mark(this.#text, "title", text || null);
    say(this.#took, event.seconds !== undefined ? seconds(event.seconds) : "");
  }
}

class TrashCell {
  #picture = new Picture();
  #shot = h("span", { class: "cut" });
  #time = h("span", { class: "marks" });

  constructor(view) {
    this.view = view;
    this.element = h("div", { class: "take" }, this.#picture.element, h("div", { class: "caption" }, this.#shot, this.#time));
  }

  show(key) {
    const entry = this.view.trashed.get(key);
    const { width, picture } = this.view.trash.metrics;
    this.#picture.element.style.height = `${picture}px`;
    this.#picture.show(store.takes.get(key) ?? null, width, { word: "in the trash" });
    say(this.#shot, entry?.shot ?? "no shot");
    say(this.#time, entry?.removed ? whenRemoved(entry.removed) : "");
  }

  settle() {
    this.#picture.settle();
  }
}

export class View {
  events = new Map();
  trashed = new Map();

  #part = "events";
  #more = true;
  #asking = false;

  constructor() {
    this.grid = this.list = new Grid({
      label: "What happened",
      selects: false,
      measure: (width) => ({ columns: 1, width: width - 16, height: 33, gap: 0 }),
      make: () => new EventCell(this),
      open: (key) => {
        const event = this.events.get(key);
        if (event?.shot) go({ view: "shot", rest: event.shot, take: event.takeKey ?? "" });
      },
    });
    this.list.element.addEventListener("scroll", () => this.#reach(), { passive: true });
    this.trash = new Grid({
      label: "Removed takes",
      measure: (width) => {
        const columns = Math.max(2, Math.floor((width + 8) / 184));
        const cell = Math.floor((width - (columns - 1) * 8 - 16) / columns);
        const picture = Math.round((cell * 9) / 16);
        return { columns, width: cell, picture, height: picture + 22, gap: 8 };
      },
      make: () => new TrashCell(this),
      open: (key) => this.#restore([key]),
      moved: () => this.#sayTrash(),
      press: (event, keys) => {
        if (event.key.toLowerCase() !== "u") return false;
        this.#restore(keys);
        return true;
      },
    });
    this.switch = h(
      "div",
      { class: "segment", role: "group", "aria-label": "Show" },
      [["events", "What happened"], ["trash", "Removed takes"]].map(([name, label]) => h("button", { "data-name": name, onclick: () => this.#choose(name) }, label)),
    );
    this.total = h("span", { class: "soft" });
    this.restoreButton = h("button", { class: "button", onclick: () => this.#restore(this.trash.chosen) }, glyph("history"), "Restore");
    this.empty = h("div", { class: "empty", hidden: true });
    this.element = h(
      "section",
      { class: "view", "aria-label": "History" },
      h("div", { class: "bar" }, h("h2", { class: "unseen" }, "History"), this.switch, this.total, h("span", { class: "grow" }), this.restoreButton),
      this.list.element,
      this.trash.element,
      this.empty,
    );
    this.hints = [["Enter", "open, or restore"], ["U", "restore"]];
    this.#choose("events");
  }

  async enter() {
    this.run = store.run;
    this.events.clear();
    this.#more = true;
    await this.#fetch();
    await this.#fetchTrash();
    this.grid.measure();
    this.grid.focus();
  }

  update(changes) {
    if (this.run !== store.run) this.enter();
    else if (changes.takes.size > 0 || changes.gone) this.#fetchTrash();
  }

  /** Something happened while the page looks. */
  happened(event) {
    if (event.n === undefined || this.events.has(String(event.n)) || !this.element.isConnected) return;
    this.events = new Map([[String(event.n), event], ...this.events]);
    this.#arrange();
  }

  #choose(part) {
    this.#part = part;
    for (const button of this.switch.children) mark(button, "aria-pressed", button.dataset.name === part ? "true" : "false");
    this.grid = part === "events" ? this.list : this.trash;
    this.restoreButton.style.visibility = part === "trash" ? "visible" : "hidden";
    this.#arrange();
    this.grid.measure();
  }

  async #fetch(before) {
    if (this.#asking || !this.#more) return;
    this.#asking = true;
    try {
      const { events } = await get("history", { before, count: atOnce });
      for (const event of events) this.events.set(String(event.n), event);
      this.#more = events.length === atOnce;
      this.#arrange();
    } catch {
      // Shown as far as known.
    } finally {
      this.#asking = false;
    }
  }

  /** Older events, when the end comes near. */
  #reach() {
    const { scrollTop, clientHeight, scrollHeight } = this.list.element;
    if (scrollTop + clientHeight > scrollHeight - 600 && this.#more) this.#fetch([...this.events.keys()].at(-1));
  }

  async #fetchTrash() {
    try {
      const { takes } = await get("trash");
      this.trashed = new Map(takes.map((take) => [take.key, take]));
      this.#arrange();
    } catch {
      // Shown as far as known.
    }
  }

  #arrange() {
    const events = this.#part === "events";
    const keys = events ? [...this.events.keys()] : [...this.trashed.keys()];
    this.list.element.hidden = !events || keys.length === 0;
    this.trash.element.hidden = events || keys.length === 0;
    this.empty.hidden = keys.length > 0;
    if (keys.length === 0) this.empty.replaceChildren(h("strong", {}, events ? "Nothing happened yet" : "The trash is empty"), h("p", {}, events ? "What this run of the watcher sees and does is listed here." : "Removed takes are kept here until reel gc frees them."));
    this.grid.set([{ id: "", keys }]);
    this.#sayTrash();
  }

  #sayTrash() {
    const events = this.#part === "events";
    say(this.total, events ? count(this.events.size, "event") : count(this.trashed.size, "take"));
    this.restoreButton.disabled = events || this.trash.chosen.length === 0;
  }

  #restore(keys) {
    if (keys.length > 0) restore([...keys]).then(() => this.trash.select([]));
  }
}
