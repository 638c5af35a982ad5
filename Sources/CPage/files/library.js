// The library: entries that prompts use by name, and the takes that are liked with their whole prompt.

import { get } from "./api.js";
import { h, say } from "./dom.js";
import { glyph } from "./icons.js";
import { saveToLibrary } from "./library-save.js";
import { Picture } from "./picture.js";
import { address } from "./route.js";
import { addressOf, store } from "./store.js";
import { count } from "./words.js";

/** Liked takes shown at first; more on demand. */
const atOnce = 24;

export class View {
  #recipes = new Map();
  #shown = atOnce;

  constructor() {
    this.entries = h("div", { class: "sheet" });
    this.liked = h("div", { class: "sheet" });
    this.likedTitle = h("h2", { class: "sub" }, "Liked takes");
    this.more = h("button", { class: "button", hidden: true, onclick: () => this.#showMore() }, "Show more");
    this.element = h(
      "section",
      { class: "view", "aria-label": "Library" },
      h(
        "div",
        { class: "halves" },
        h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Library entries" }, h("h2", { class: "sub" }, "Library entries"), this.entries),
        h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Liked takes" }, this.likedTitle, this.liked, h("p", { class: "bar" }, this.more)),
      ),
    );
  }

  enter() {
    this.#fetch();
    this.#showLiked();
  }

  update(changes) {
    if (changes.all || changes.overview || changes.shots.size > 0) this.#fetch();
    if (changes.all || changes.takes.size > 0) this.#showLiked();
  }

  async #fetch() {
    let entries;
    try {
      ({ entries } = await get("library"));
    } catch {
      return;
    }
    const said = JSON.stringify(entries);
    if (said === this.said) return;
    this.said = said;
    this.entries.replaceChildren(
      ...entries.map((entry) =>
        h(
          "article",
          { class: "entry-card" },
          h("h3", {}, `@${entry.name}`, h("span", { class: "soft" }, entry.uses > 0 ? `in ${count(entry.uses, "shot")}` : "not used")),
          h("p", { class: "prompt", tabIndex: 0, role: "group", "aria-label": `Prompt of ${entry.name}` }, entry.prompt ?? ""),
          entry.negativePrompt ? h("p", { class: "soft small" }, `not: ${entry.negativePrompt}`) : null,
          entry.references?.length > 0 ? h("p", { class: "soft small" }, entry.references.join(", ")) : null,
        ),
      ),
      ...(entries.length === 0 ? [h("p", { class: "soft" }, "None yet. Save the prompt of a take you like, or write library/NAME.json.")] : []),
    );
  }

  #showMore() {
    this.#shown += atOnce;
    this.#showLiked();
  }

  async #showLiked() {
    const all = [...store.takes.values()].filter((take) => take.rating > 0 && !(take.flags & 32)).sort((a, b) => b.time - a.time);
    const takes = all.slice(0, this.#shown);
    say(this.likedTitle, all.length > 0 ? `Liked takes, ${all.length.toLocaleString("en")}` : "Liked takes");
    this.more.hidden = all.length <= this.#shown;
    const said = takes.map((take) => `${take.key}${take.v}`).join();
    if (said === this.likedSaid) return;
    this.likedSaid = said;
    if (takes.length === 0) {
      this.liked.replaceChildren(h("p", { class: "soft" }, "None yet: L likes a take."));
      return;
    }
    this.liked.replaceChildren(...takes.map((take) => this.#card(take)));
  }

  #card(take) {
    const picture = new Picture();
    picture.element.style.aspectRatio = `${store.overview.frame.width} / ${store.overview.frame.height}`;
    const shot = store.shots.get(take.shot);
    picture.show(take, 512, { alt: `${shot?.id ?? "a shot that is gone"}, ${take.kind}` });
    const prompt = h("p", { class: "prompt", tabIndex: 0, role: "group", "aria-label": "Whole prompt" }, "…");
    const save = h("button", { class: "button", disabled: true, onclick: () => saveToLibrary({ take: take.key, suggestion: shot?.id, prompt: prompt.textContent }, () => this.#fetch()) }, glyph("library"), "Save prompt");
    this.#recipe(take).then((recipe) => {
      say(prompt, recipe?.prompt ?? "Put there by a person: it has no prompt.");
      save.disabled = !recipe?.prompt;
    });
    return h(
      "article",
      { class: "entry-card" },
      picture.element,
      h("h3", {}, shot ? h("a", { href: address({ view: "shot", rest: addressOf(take.shot), take: take.key }) }, shot.id) : "its shot is gone", h("span", { class: "soft" }, take.kind)),
      prompt,
      h("div", { class: "row" }, save),
    );
  }

  /** A take's recipe does not change while its bytes do not. */
  #recipe(take) {
    const id = `${take.key}${take.v}`;
    if (!this.#recipes.has(id)) this.#recipes.set(id, get("take", { take: take.key }).then((answer) => answer.recipe, () => null));
    return this.#recipes.get(id);
  }
}
