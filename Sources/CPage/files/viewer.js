// Takes side by side: one to four panes that zoom, move and play as one.

import { h, mark, say } from "./dom.js";
import { glyph, reshape } from "./icons.js";
import { thumbOf } from "./picture.js";
import { store } from "./store.js";
import { clock, flag } from "./words.js";

const most = 16;

export class Viewer {
  #panes = [];
  #zoom = { scale: 1, x: 0, y: 0 };
  #playGlyph = glyph("play");
  #play = h("button", { class: "quiet square", "aria-label": "Play", title: "Play, stop (K)", onclick: () => this.play() }, this.#playGlyph);
  #seek = h("input", { type: "range", min: 0, max: 1000, value: 0, "aria-label": "Place in the film", class: "grow" });
  #clock = h("span", { class: "soft small" }, "");
  #mute = h("button", { class: "quiet", "aria-pressed": "false", onclick: () => this.#sound() }, glyph("sound"), "Sound");
  #frame = 0;
  #playing = false;
  #loud = false;
  /** Where all films are, in seconds: those that come begin there, so that one may be flicked for another while they play. */
  #at = 0;

  constructor() {
    this.panes = h("div", { class: "panes" });
    this.transport = h("div", { class: "transport", hidden: true }, this.#play, this.#seek, this.#clock, this.#mute);
    this.element = h("div", { class: "viewer" }, this.panes, this.transport);
    this.panes.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.panes.addEventListener("pointerdown", (event) => this.#drag(event));
    this.panes.addEventListener("dblclick", (event) => (this.#zoom.scale > 1 ? this.reset() : this.#zoomAt(event, 2.5)));
    this.#seek.addEventListener("input", () => this.#seekTo((this.#seek.value / 1000) * this.#length));
  }

  /** Shows takes (keys), each with the words of its caption. */
  show(takes) {
    while (this.#panes.length < takes.length) {
      const pane = new Pane(() => this.#arrange());
      this.#panes.push(pane);
      this.panes.append(pane.element);
    }
    while (this.#panes.length > takes.length) this.#panes.pop().remove();
    this.panes.dataset.count = takes.length;
    takes.forEach(({ key, caption }, at) => this.#panes[at].show(store.takes.get(key), caption, { panes: takes.length, from: this.#at }));
    this.transport.hidden = !takes.some(({ key }) => isFilm(store.takes.get(key)));
    this.#arrange();
    this.#apply();
  }

  // --- Zoom

  zoomBy(factor) {
    this.#zoomTo(this.#zoom.scale * factor, 0.5, 0.5);
  }

  reset() {
    this.#zoom = { scale: 1, x: 0, y: 0 };
    this.#apply();
  }

  #zoomTo(scale, atX, atY) {
    const next = Math.min(most, Math.max(1, scale));
    const factor = next / this.#zoom.scale;
    // What lies under the point stays there. x and y are in widths and heights of a pane.
    const x = atX - (atX - this.#zoom.x) * factor;
    const y = atY - (atY - this.#zoom.y) * factor;
    this.#zoom = { scale: next, x: Math.min(0, Math.max(1 - next, x)), y: Math.min(0, Math.max(1 - next, y)) };
    this.#apply();
  }

  #zoomAt(event, factor) {
    const box = event.target.closest(".pane")?.querySelector(".frame")?.getBoundingClientRect();
    if (box) this.#zoomTo(this.#zoom.scale * factor, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }

  #wheel(event) {
    if (event.target.closest("audio")) return;
    event.preventDefault();
    this.#zoomAt(event, Math.exp(-event.deltaY * 0.0018));
  }

  #drag(event) {
    const frame = event.target.closest(".frame");
    if (!frame || event.button !== 0 || this.#zoom.scale === 1 || event.target.closest("audio")) return;
    event.preventDefault();
    const box = frame.getBoundingClientRect();
    const from = { x: event.clientX, y: event.clientY, ...this.#zoom, startX: this.#zoom.x, startY: this.#zoom.y };
    const move = (moved) => {
      const x = from.startX + (moved.clientX - event.clientX) / box.width;
      const y = from.startY + (moved.clientY - event.clientY) / box.height;
      const scale = this.#zoom.scale;
      this.#zoom = { scale, x: Math.min(0, Math.max(1 - scale, x)), y: Math.min(0, Math.max(1 - scale, y)) };
      this.#apply();
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  #apply() {
    for (const pane of this.#panes) pane.zoom(this.#zoom);
    mark(this.panes, "data-zoomed", this.#zoom.scale > 1 ? "" : null);
  }

  get scale() {
    return this.#zoom.scale;
  }

  // --- Playback

  get #films() {
    return this.#panes.map((pane) => pane.film).filter(Boolean);
  }

  /** The longest leads: the others wait at their ends. */
  get #lead() {
    return this.#films.reduce((longest, film) => ((film.duration || 0) > (longest.duration || 0) ? film : longest), this.#films[0]);
  }

  get #length() {
    return this.#lead?.duration || 0;
  }

  /** Plays or stops all panes at once. */
  play() {
    if (this.#playing) {
      this.#pause();
      return;
    }
    if (!this.#lead) return;
    if (this.#at >= this.#length - 0.05) this.#seekTo(0);
    this.#playing = true;
    this.#follow();
    this.#showTransport();
  }

  /** Stops; what is shown next begins at its beginning. */
  stop() {
    this.#pause();
    this.#at = 0;
  }

  #pause() {
    this.#playing = false;
    for (const film of this.#films) film.pause();
    cancelAnimationFrame(this.#frame);
    this.#showTransport();
  }

  #seekTo(time) {
    this.#at = time;
    for (const film of this.#films) film.currentTime = Math.min(time, film.duration || time);
    this.#showTransport();
  }

  #sound() {
    this.#loud = !this.#loud;
    this.#arrange();
  }

  /** After panes came, went or turned out to be no films. */
  #arrange() {
    const films = this.#films;
    // Its room stays while a take of that kind is shown: a film may turn out to be none when it is loaded.
    this.transport.style.visibility = films.length > 0 ? "visible" : "hidden";
    if (films.length === 0) this.#playing = false;
    // One voice at a time: the first pane's.
    films.forEach((film, at) => {
      film.muted = !this.#loud || at > 0;
    });
    mark(this.#mute, "aria-pressed", this.#loud ? "true" : "false");
    this.#showTransport();
  }

  #follow() {
    cancelAnimationFrame(this.#frame);
    const step = () => {
      const lead = this.#lead;
      if (!lead || !this.#playing) return;
      if (lead.ended) {
        this.#at = this.#length;
        this.#pause();
        return;
      }
      if (lead.paused) lead.play().catch(() => {});
      this.#at = lead.currentTime;
      for (const film of this.#films) if (film !== lead) keepUp(film, this.#at);
      this.#showTransport();
      this.#frame = requestAnimationFrame(step);
    };
    step();
  }

  #showTransport() {
    const length = this.#length;
    const at = Math.min(this.#at, length || this.#at);
    reshape(this.#playGlyph, this.#playing ? "pause" : "play");
    mark(this.#play, "aria-label", this.#playing ? "Stop" : "Play");
    this.#seek.value = length > 0 ? (at / length) * 1000 : 0;
    mark(this.#seek, "aria-valuetext", `${clock(at)} of ${clock(length)}`);
    say(this.#clock, `${clock(at)} / ${clock(length)}`);
  }
}

const isFilm = (take) => take?.kind === "clip" || take?.kind === "talk";

/** Lets a film play where the leading one is. One that is shorter stays at its end: played on, it would begin again. */
function keepUp(film, at) {
  if (at >= film.duration) return;
  if (Math.abs(film.currentTime - at) > 0.1 && !film.seeking) film.currentTime = at;
  if (film.paused) film.play().catch(() => {});
}

/** One take, as large as fits. */
class Pane {
  #take = null;
  #caption = h("figcaption", { class: "cut" });
  #lens = h("div", { class: "lens" });
  #image = null;
  #whole = false;
  film = null;

  /** `changed` is called when the film turns out to be none, or its length is known. */
  constructor(changed) {
    this.changed = changed;
    this.frame = h("div", { class: "frame" }, this.#lens);
    this.element = h("figure", { class: "pane" }, this.frame, this.#caption);
  }

  show(take, caption, { panes, from }) {
    say(this.#caption, caption);
    if (take?.key === this.#take?.key && take?.v === this.#take?.v) return;
    this.#take = take;
    this.#whole = false;
    this.#image = null;
    this.film?.pause();
    this.film = null;
    if (!take) {
      this.#lens.replaceChildren(h("p", { class: "soft" }, "no take yet"));
      return;
    }
    if (take.flags & (flag.pointer | flag.absent | flag.removed)) {
      this.#lens.replaceChildren(h("p", { class: "soft" }, take.flags & flag.removed ? "It lies in the trash." : take.flags & flag.pointer ? "Only a git-lfs pointer is here: run git lfs pull." : "Its file is not here."));
      return;
    }
    const media = `/media/${take.key}?v=${take.v}`;
    if (take.kind === "voice") {
      this.#lens.replaceChildren(h("audio", { controls: true, src: media, preload: "metadata", "aria-label": caption }));
    } else if (isFilm(take)) {
      const film = h("video", { src: media, muted: true, loop: false, playsInline: true, preload: "auto", poster: thumbOf(take, 1024), tabIndex: -1, "aria-label": caption });
      film.addEventListener("error", () => {
        // Some engines give moving pictures as an image.
        if (this.film !== film) return;
        this.film = null;
        this.#still(take, caption, panes);
        this.changed();
      });
      film.addEventListener("loadedmetadata", () => this.changed());
      if (from > 0) film.currentTime = from;
      this.film = film;
      this.#lens.replaceChildren(film);
    } else {
      this.#still(take, caption, panes);
    }
  }

  #still(take, caption, panes) {
    const image = h("img", { alt: caption, draggable: false, src: thumbOf(take, 1024) });
    image.addEventListener("error", () => {
      if (this.#image === image) this.#lens.replaceChildren(h("p", { class: "soft" }, take.flags & flag.damaged ? "It is damaged and cannot be shown." : "It cannot be shown."));
    }, { once: true });
    this.#image = image;
    this.#lens.replaceChildren(image);
    if (panes === 1 && this.frame.clientWidth * devicePixelRatio > 1100) this.#sharpen();
  }

  zoom({ scale, x, y }) {
    this.#lens.style.transform = scale === 1 ? "none" : `translate(${x * 100}%, ${y * 100}%) scale(${scale})`;
    if (scale > 1.3) this.#sharpen();
  }

  /** The file itself in place of the thumbnail, once it is decoded. */
  #sharpen() {
    if (this.#whole || !this.#image || !this.#take) return;
    this.#whole = true;
    const image = this.#image;
    const whole = new Image();
    whole.src = `/media/${this.#take.key}?v=${this.#take.v}`;
    whole.decode().then(() => {
      if (this.#image === image) image.src = whole.src;
    }, () => {});
  }

  remove() {
    this.film?.pause();
    this.element.remove();
  }
}
