// Replay: the film as it plays, with what is picked, for as long as it lasts, with its voices, and a slate for what is missing; and as it was made, take after take.

import { aspect } from "./board.js";
import { shotDetails } from "./details.js";
import { h, mark, say } from "./dom.js";
import { glyph, reshape } from "./icons.js";
import { thumbOf } from "./picture.js";
import { address, go, route } from "./route.js";
import { addressOf, store, takesOf } from "./store.js";
import { clock, count, day, flag, time } from "./words.js";

/** A shot whose duration nobody wrote. */
const usual = 3;
const speeds = [1, 2, 4, 8];
/** Takes a second, as it was made. */
const making = 6;
const mosaicAtMost = 150;

export class View {
  hints = [["Space", "play, stop"], ["J K L", "backwards, stop, forwards"], ["← →", "shot by shot"], ["Home End", "first, last"], ["M", "as it was made"]];

  #way = "plays";
  #parts = [];
  #length = 0;
  #now = 0;
  #speed = 0;
  #frame = 0;
  #last = 0;
  #shown = -1;
  #voice = new Audio();
  #spots = new Map();

  constructor() {
    this.image = h("img", { alt: "" });
    this.film = h("video", { muted: true, playsInline: true, hidden: true, tabIndex: -1, "aria-label": "The clip of this shot" });
    this.slate = h("div", { class: "slate-card", hidden: true });
    this.picture = h("div", { class: "picture", tabIndex: 0, role: "group", "aria-label": "Picture" }, this.image, this.film, this.slate);
    this.mosaic = h("div", { class: "mosaic", hidden: true, tabIndex: 0, role: "group", "aria-label": "Takes as they were made" });
    this.screen = h("div", { class: "screen" }, this.picture, this.mosaic);
    this.caption = h("p", { class: "grow cut" });
    this.open = h("a", { class: "button" }, "Open shot");
    this.clock = h("span", { class: "soft clock" });
    this.speedWord = h("span", { class: "soft speed" }, "");
    this.line = h("canvas", { height: 24, "aria-hidden": "true" });
    this.range = h("input", { type: "range", min: 0, max: 1, step: "any", value: 0, "aria-label": "Place in the film" });
    this.playGlyph = glyph("play");
    this.playButton = h("button", { class: "button main", "aria-label": "Play", onclick: () => this.#toggle() }, this.playGlyph);
    this.ways = h(
      "div",
      { class: "segment", role: "group", "aria-label": "Replay" },
      [["plays", "As it plays"], ["made", "As it was made"]].map(([name, label]) => h("button", { "data-name": name, onclick: () => this.#choose(name) }, label)),
    );
    this.sound = h("button", { class: "quiet", "aria-pressed": "true", onclick: () => this.#setSound(this.sound.getAttribute("aria-pressed") !== "true") }, glyph("sound"), "Voice");
    this.element = h(
      "section",
      { class: "view", "aria-label": "Replay" },
      h("h2", { class: "unseen" }, "Replay"),
      this.screen,
      h(
        "div",
        { class: "play" },
        h("div", { class: "timeline" }, this.line, this.range),
        h(
          "div",
          { class: "row" },
          h("button", { class: "quiet square", "aria-label": "Shot before", onclick: () => this.#jump(-1) }, glyph("start")),
          this.playButton,
          h("button", { class: "quiet square", "aria-label": "Next shot", onclick: () => this.#jump(1) }, glyph("end")),
          this.clock,
          this.speedWord,
          this.caption,
          this.open,
          this.sound,
          this.ways,
        ),
      ),
    );
    this.film.addEventListener("error", () => {
      // Some engines give moving pictures as an image.
      const take = store.takes.get(this.#part?.take);
      if (!take || this.film.hidden) return;
      this.film.hidden = true;
      this.image.hidden = false;
      this.#showImage(take);
    });
    this.range.addEventListener("input", () => this.#seek(Number(this.range.value)));
    new ResizeObserver(() => this.#fit()).observe(this.screen);
    this.#choose("plays");
  }

  enter() {
    this.#arrange();
    this.#fit();
    this.picture.focus({ preventScroll: true });
  }

  leave() {
    this.#stop();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  routed() {
    this.#arrange();
  }

  update(changes) {
    if (changes.all || changes.order || changes.shots.size > 0 || changes.takes.size > 0) this.#arrange();
  }

  key(event) {
    if (event.target === this.range && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return false;
    if (event.target.matches?.("button, a") && [" ", "Enter"].includes(event.key)) return false;
    switch (event.key) {
      case " ": this.#toggle(); return true;
      case "k": case "K": this.#stop(); return true;
      case "l": case "L": this.#faster(1); return true;
      case "j": case "J": this.#faster(-1); return true;
      case "m": case "M": this.#choose(this.#way === "plays" ? "made" : "plays"); return true;
      case "ArrowRight": this.#jump(1); return true;
      case "ArrowLeft": this.#jump(-1); return true;
      case "Home": this.#seek(0); return true;
      case "End": this.#seek(this.#parts.at(-1)?.from ?? 0); return true;
      case "Enter":
        if (this.#part?.shot) go({ view: "shot", rest: addressOf(this.#part.shot) });
        return true;
      default: return false;
    }
  }

  get #part() {
    return this.#parts[this.#at(this.#now)] ?? null;
  }

  /** The part that a moment belongs to. */
  #at(moment) {
    let low = 0;
    let high = this.#parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#parts[middle].from <= moment + 1e-9) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #choose(way) {
    this.#stop();
    this.#way = way;
    for (const button of this.ways.children) mark(button, "aria-pressed", button.dataset.name === way ? "true" : "false");
    this.sound.style.visibility = way === "plays" ? "visible" : "hidden";
    this.#now = 0;
    this.#shown = -1;
    this.said = null;
    if (store.ready) this.#arrange();
  }

  // --- What is played

  #arrange() {
    const parts = this.#way === "plays" ? this.#film() : this.#makings();
    let from = 0;
    for (const part of parts) {
      part.from = from;
      from += part.length;
    }
    const said = JSON.stringify(parts.map((part) => [part.shot, part.take, part.voice, part.length]));
    if (said === this.said) return;
    this.said = said;
    this.#parts = parts;
    this.#length = from;
    this.range.max = from || 1;
    this.#shown = -1;
    this.#spots.clear();
    const mosaic = this.#way === "made" && store.shots.size <= mosaicAtMost;
    this.mosaic.hidden = !mosaic;
    this.picture.hidden = mosaic;
    if (mosaic) this.#layMosaic();
    this.#seek(Math.min(this.#now, from));
    this.#drawLine();
  }

  #inSequence(shot) {
    return shot && (!route.sequence || shot.sequence === route.sequence);
  }

  /** Shots in the order of the film, each with what it uses. */
  #film() {
    const parts = [];
    for (const sequence of store.sequences) {
      for (const key of sequence.shots) {
        const shot = store.shots.get(key);
        if (!this.#inSequence(shot)) continue;
        const used = takesOf(key).filter((take) => take.flags & (flag.used | flag.picked));
        const of = (kind) => used.find((take) => take.kind === kind && take.flags & flag.picked) ?? used.find((take) => take.kind === kind);
        const take = of("talk") ?? of("clip") ?? of("still") ?? store.takes.get(shot.poster) ?? null;
        parts.push({ shot: key, take: take?.key ?? null, voice: of("voice")?.key ?? null, length: shot.duration ?? usual });
      }
    }
    return parts;
  }

  /** Takes in the order of their making. */
  #makings() {
    return [...store.takes.values()]
      .filter((take) => !(take.flags & flag.removed) && take.kind !== "voice" && this.#inSequence(store.shots.get(take.shot)))
      .sort((a, b) => a.time - b.time)
      .map((take) => ({ shot: take.shot, take: take.key, voice: null, length: 1 / making }));
  }

  // --- Playing

  #toggle() {
    if (this.#speed !== 0) {
      this.#stop();
      return;
    }
    if (this.#now >= this.#length - 0.01) this.#seek(0);
    this.#go(1);
  }

  #faster(direction) {
    const same = Math.sign(this.#speed) === direction;
    const next = same ? speeds[Math.min(speeds.length - 1, speeds.indexOf(Math.abs(this.#speed)) + 1)] : 1;
    this.#go(next * direction);
  }

  #go(speed) {
    this.#speed = speed;
    this.#last = performance.now();
    reshape(this.playGlyph, "pause");
    mark(this.playButton, "aria-label", "Stop");
    this.#sayTime();
    this.#soundAt();
    if (!this.#frame) this.#frame = requestAnimationFrame((now) => this.#step(now));
  }

  #stop() {
    this.#speed = 0;
    this.#voice.pause();
    this.film.pause();
    reshape(this.playGlyph, "play");
    mark(this.playButton, "aria-label", "Play");
    this.#sayTime();
  }

  #step(now) {
    this.#frame = 0;
    if (this.#speed === 0) return;
    // A frame's time may lie before the moment in which it was asked for.
    this.#now += (Math.max(0, now - this.#last) / 1000) * this.#speed;
    this.#last = Math.max(now, this.#last);
    if (this.#now >= this.#length || this.#now < 0) {
      this.#now = Math.max(0, Math.min(this.#length, this.#now));
      this.#stop();
    }
    this.#show();
    this.#keepUp();
    if (this.#speed !== 0) this.#frame = requestAnimationFrame((next) => this.#step(next));
  }

  #seek(moment) {
    this.#now = Math.max(0, Math.min(this.#length, moment));
    this.#show();
    if (!this.film.hidden) this.film.currentTime = this.#within;
    if (this.#speed !== 0) this.#soundAt();
  }

  /** How long the part has been shown, in seconds. */
  get #within() {
    return Math.max(0, this.#now - (this.#part?.from ?? 0));
  }

  /** Clip and voice follow the clock: what was loaded late, and what is shown at another speed than its own. */
  #keepUp() {
    const at = this.#within;
    for (const media of [this.film, this.#voice]) {
      if (media === this.film ? media.hidden : media.paused) continue;
      const far = Math.abs(media.currentTime - at);
      if (far > (this.#speed === 1 ? 0.3 : 0.05) && at < media.duration && !media.seeking) media.currentTime = at;
    }
  }

  #jump(by) {
    const at = this.#at(this.#now);
    const part = this.#parts[at];
    // Back goes to the beginning of a shot first, as players do.
    const to = by < 0 && part && this.#now - part.from > 0.4 ? at : at + by;
    if (this.#parts[to]) this.#seek(this.#parts[to].from);
  }

  #show() {
    const at = this.#at(this.#now);
    this.range.value = this.#now;
    this.#sayTime();
    this.#drawLine();
    if (at === this.#shown) return;
    const before = this.#shown;
    this.#shown = at;
    const part = this.#parts[at];
    if (!part) {
      this.#showSlate("Nothing to replay yet", "Takes appear here as they are made.");
      say(this.caption, "");
      this.open.hidden = true;
      return;
    }
    const shot = store.shots.get(part.shot);
    const take = store.takes.get(part.take);
    this.open.hidden = false;
    this.open.href = address({ view: "shot", rest: addressOf(part.shot), take: this.#way === "made" ? part.take : "" });
    const sequence = store.sequences.find((one) => one.id === shot?.sequence);
    say(this.caption, this.#way === "made" ? `take ${at + 1} of ${this.#parts.length} · ${shot?.id} · ${day(take.time)}, ${time(take.time)}` : [sequence?.title, shot?.id, shotDetails.of(part.shot)?.name].filter(Boolean).join(" · "));
    if (!this.mosaic.hidden) this.#showMosaic(before, at);
    else this.#showPart(part, shot, take);
    // What comes next is fetched while this is seen.
    for (const next of this.#parts.slice(at + 1, at + 4)) {
      const coming = store.takes.get(next.take);
      if (coming && coming.kind === "still") new Image().src = thumbOf(coming, 1024);
      shotDetails.of(next.shot);
    }
    if (this.#speed !== 0) this.#soundAt();
  }

  #showPart(part, shot, take) {
    const film = take && (take.kind === "clip" || take.kind === "talk");
    this.film.hidden = !film;
    this.image.hidden = !take || film;
    this.slate.hidden = take !== undefined && take !== null;
    if (!take) {
      const detail = shotDetails.of(part.shot);
      this.#showSlate(detail?.name ? `${shot?.id}  ${detail.name}` : shot?.id ?? "", detail?.prompt ?? "no take yet");
      return;
    }
    if (film) {
      const source = `/media/${take.key}?v=${take.v}`;
      if (this.film.getAttribute("src") !== source) this.film.src = source;
      this.film.currentTime = this.#within;
    } else {
      this.film.pause();
      this.#showImage(take);
    }
  }

  #showImage(take) {
    this.image.src = thumbOf(take, 1024);
    this.image.alt = `${store.shots.get(take.shot)?.id}: what it uses`;
  }

  #showSlate(title, text) {
    this.film.pause();
    this.image.hidden = this.film.hidden = true;
    this.slate.hidden = false;
    this.slate.replaceChildren(h("strong", {}, title), h("p", {}, text));
  }

  /** Voices and clips play at normal speed forwards, else they are silent. */
  #soundAt() {
    const part = this.#part;
    const on = this.#speed === 1 && this.sound.getAttribute("aria-pressed") === "true" && this.#way === "plays";
    const take = part && on && part.voice ? store.takes.get(part.voice) : null;
    if (take) {
      const source = `/media/${take.key}?v=${take.v}`;
      if (!this.#voice.src.endsWith(source)) this.#voice.src = source;
      this.#playFrom(this.#voice);
    } else {
      this.#voice.pause();
    }
    if (!this.film.hidden && part) {
      this.film.muted = part.voice !== null || !on;
      if (this.#speed === 1) this.#playFrom(this.film);
      else this.film.pause();
    }
  }

  /** Plays from where the part is. What is over by then is silent: played on, it would begin again. */
  #playFrom(media) {
    const at = this.#within;
    if (at >= media.duration) {
      media.pause();
      return;
    }
    if (Math.abs(media.currentTime - at) > 0.05) media.currentTime = at;
    media.play().catch(() => {});
  }

  #setSound(on) {
    mark(this.sound, "aria-pressed", on ? "true" : "false");
    this.#soundAt();
  }

  #sayTime() {
    say(this.clock, this.#way === "plays" ? `${clock(this.#now)} / ${clock(this.#length)}` : count(this.#parts.length, "take"));
    mark(this.range, "aria-valuetext", this.#way === "plays" ? `${clock(this.#now)} of ${clock(this.#length)}` : `take ${this.#shown + 1} of ${this.#parts.length}`);
    say(this.speedWord, this.#speed === 0 || this.#speed === 1 ? "" : `${this.#speed < 0 ? "back " : ""}${Math.abs(this.#speed)}×`);
  }

  // --- How it is drawn

  /** The picture as large as it fits in the frame's shape. */
  #fit() {
    const width = this.screen.clientWidth - 32;
    const height = this.screen.clientHeight - 32;
    if (width <= 0 || height <= 0) return;
    const shape = aspect();
    const wide = Math.min(width, height * shape);
    this.picture.style.width = `${Math.floor(wide)}px`;
    this.picture.style.height = `${Math.floor(wide / shape)}px`;
    this.line.width = Math.max(1, Math.round(this.line.clientWidth * devicePixelRatio));
    if (!this.mosaic.hidden) this.#layMosaic();
    this.#drawLine();
  }

  /** Shots as long as they last: filled where there is a take, hollow where there is a slate, and where we are. */
  #drawLine() {
    const draw = this.line.getContext("2d");
    const { width, height } = this.line;
    const style = getComputedStyle(this.line);
    const [ink, soft, lamp] = ["--edge", "--edge", "--lamp"].map((name) => style.getPropertyValue(name));
    draw.clearRect(0, 0, width, height);
    if (this.#length === 0) return;
    const scale = width / this.#length;
    const at = this.#at(this.#now);
    this.#parts.forEach((part, index) => {
      const x = part.from * scale;
      const wide = Math.max(1, part.length * scale - (part.length * scale > 4 ? 2 : 0));
      draw.strokeStyle = index === at ? lamp : soft;
      draw.fillStyle = index === at ? lamp : part.take ? ink : soft;
      if (part.take) draw.fillRect(x, 8, wide, height - 16);
      else draw.strokeRect(x + 0.5, 8.5, Math.max(1, wide - 1), height - 17);
    });
    draw.fillStyle = style.getPropertyValue("--ink");
    draw.fillRect(Math.min(width - 2, Math.max(0, this.#now * scale - 1)), 0, 2, height);
  }

  /** A spot for each shot, as large as all fit. */
  #layMosaic() {
    const shots = store.sequences.flatMap((sequence) => sequence.shots).filter((key) => this.#inSequence(store.shots.get(key)));
    const width = this.screen.clientWidth - 32;
    const height = this.screen.clientHeight - 32;
    let best = { columns: 1, wide: 0 };
    for (let columns = 1; columns <= shots.length; columns += 1) {
      const rows = Math.ceil(shots.length / columns);
      const wide = Math.min((width - (columns - 1) * 4) / columns, ((height - (rows - 1) * 4) / rows) * aspect());
      if (wide > best.wide) best = { columns, wide };
    }
    this.mosaic.style.gridTemplateColumns = `repeat(${best.columns}, ${Math.floor(best.wide)}px)`;
    this.mosaic.style.gridAutoRows = `${Math.floor(best.wide / aspect())}px`;
    if (this.#spots.size === shots.length) return;
    this.#spots.clear();
    this.mosaic.replaceChildren(
      ...shots.map((key) => {
        const image = h("img", { alt: "", hidden: true });
        const spot = h("div", { class: "spot" }, image, h("span", { class: "corner bottom" }, store.shots.get(key).id));
        this.#spots.set(key, { spot, image });
        return spot;
      }),
    );
    if (this.#shown >= 0) this.#showMosaic(-1, this.#shown);
  }

  /** Fills in what was made up to `at`; steps of one only touch one spot. */
  #showMosaic(before, at) {
    for (const { spot } of this.#spots.values()) spot.classList.remove("now");
    const from = at === before + 1 ? at : 0;
    if (from === 0) for (const { image } of this.#spots.values()) image.hidden = true;
    const last = new Map();
    for (let index = from; index <= at; index += 1) last.set(this.#parts[index].shot, this.#parts[index].take);
    for (const [shot, take] of last) {
      const spot = this.#spots.get(shot);
      if (!spot) continue;
      spot.image.hidden = false;
      spot.image.src = thumbOf(store.takes.get(take), 512);
    }
    this.#spots.get(this.#parts[at].shot)?.spot.classList.add("now");
  }
}
