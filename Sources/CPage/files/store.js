// What the watcher knows, as far as it was told: the page holds no truth, this is the last of it that arrived.

import { get } from "./api.js";

/**
 * The project as it is.
 *
 * `sequences` in the order of the film, `shots` and `takes` by key, `takesOf` the takes of a shot, newest first, `progress` of the shots that run.
 */
export const store = {
  ready: false, run: "", revision: -1, event: "", overview: null, sequences: [], shots: new Map(), takes: new Map(), progress: new Map(), place: new Map(),
  previews: new Map(), reachable: true,
};

let shotColumns = [];
let takeColumns = [];
let shotTakes = new Map();
const listeners = new Set();

/** What changed since listeners were last told. */
function nothing() {
  return { all: false, overview: false, order: false, shots: new Set(), takes: new Set(), progress: new Set(), reachable: false, gone: false };
}
let changes = nothing();
let told = false;

/** Listeners are told once for all that arrives together, before the next picture is drawn. */
function tell() {
  if (told) return;
  told = true;
  // A tab that is not seen draws no frames, and still has to follow.
  if (document.hidden) setTimeout(flush, 0);
  else requestAnimationFrame(flush);
}

function flush() {
  told = false;
  const now = changes;
  changes = nothing();
  for (const listener of listeners) listener(now);
}

export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says that details of shots or takes were fetched. */
export function touch(part, keys) {
  for (const key of keys) changes[part].add(key);
  tell();
}

/** What an action has just brought about, until the watcher tells it: what is decided next goes by it. */
export function assume(part, key, fields) {
  const known = store[part].get(key);
  if (!known) return;
  store[part].set(key, { ...known, ...fields });
  touch(part, [key]);
}

export function setReachable(reachable) {
  if (store.reachable === reachable) return;
  store.reachable = reachable;
  changes.reachable = true;
  tell();
}

function object(columns, row) {
  const result = {};
  columns.forEach((column, at) => {
    result[column] = row[at];
  });
  return result;
}

/** The takes of a shot that are not removed, newest first. */
export function takesOf(shot) {
  const keys = shotTakes.get(shot);
  if (!keys) return [];
  return keys.map((key) => store.takes.get(key)).filter((take) => take && !(take.flags & 32));
}

/** The take that a shot's card shows. */
export function posterOf(shot) {
  return store.takes.get(store.shots.get(shot)?.poster) ?? null;
}

/** `sequence_001/shot_002`, the name of a shot in addresses. */
export function addressOf(key) {
  const shot = store.shots.get(key);
  return shot ? `${shot.sequence}/${shot.id}` : "";
}

export function shotAt(address) {
  const at = address.indexOf("/");
  const sequence = store.sequences.find((one) => one.id === address.slice(0, at));
  return sequence?.shots.find((key) => store.shots.get(key)?.id === address.slice(at + 1)) ?? null;
}

function takeIn(take) {
  const before = store.takes.get(take.key);
  store.takes.set(take.key, take);
  changes.takes.add(take.key);
  if (take.shot) changes.shots.add(take.shot);
  if (before && before.shot === take.shot && before.time === take.time) return;
  if (before?.shot) takeOut(before);
  if (!take.shot) return;
  const keys = shotTakes.get(take.shot);
  if (!keys) {
    shotTakes.set(take.shot, [take.key]);
    return;
  }
  // Newest first; among equals the one that was told first stays first.
  let at = keys.findIndex((key) => (store.takes.get(key)?.time ?? 0) < take.time);
  if (at < 0) at = keys.length;
  keys.splice(at, 0, take.key);
}

function takeOut(take) {
  const keys = shotTakes.get(take.shot);
  if (!keys) return;
  const at = keys.indexOf(take.key);
  if (at >= 0) keys.splice(at, 1);
}

function nameSequences() {
  for (const sequence of store.sequences) {
    for (const key of sequence.shots) {
      const shot = store.shots.get(key);
      if (shot) shot.sequence = sequence.id;
    }
  }
}

function setOverview(overview) {
  store.overview = overview;
  store.place = new Map(overview.queue.map((key, at) => [key, at + 1]));
  const running = new Map();
  for (const job of overview.running) running.set(job.shot, { kind: job.kind, fraction: job.fraction, message: job.message, cancelling: job.cancelling });
  for (const key of new Set([...store.progress.keys(), ...running.keys()])) changes.progress.add(key);
  for (const key of store.previews.keys()) if (!running.has(key)) store.previews.delete(key);
  for (const job of overview.running) if (job.preview) store.previews.set(job.shot, job.preview);
  store.progress = running;
  changes.overview = true;
}

/** Fetches everything again. */
export async function load() {
  const state = await get("state");
  shotColumns = state.shotColumns;
  takeColumns = state.takeColumns;
  store.sequences = state.sequences;
  store.shots = new Map();
  for (const row of state.shots) {
    const shot = object(shotColumns, row);
    store.shots.set(shot.key, shot);
  }
  nameSequences();
  store.takes = new Map();
  shotTakes = new Map();
  for (const row of state.takes) {
    const take = object(takeColumns, row);
    store.takes.set(take.key, take);
    if (!take.shot) continue;
    const keys = shotTakes.get(take.shot);
    if (keys) keys.push(take.key);
    else shotTakes.set(take.shot, [take.key]);
  }
  for (const keys of shotTakes.values()) keys.sort((a, b) => store.takes.get(b).time - store.takes.get(a).time);
  setOverview(state.overview);
  store.run = state.run;
  store.revision = state.revision;
  store.event = state.event;
  store.ready = true;
  changes.all = changes.order = true;
  tell();
}

/** Takes in a `change`. */
export function apply(event) {
  if (event.revision <= store.revision) return;
  for (const row of event.shots ?? []) {
    const shot = object(shotColumns, row);
    const before = store.shots.get(shot.key);
    shot.sequence = before?.sequence;
    store.shots.set(shot.key, shot);
    changes.shots.add(shot.key);
    if (!before) changes.order = true;
  }
  for (const row of event.takes ?? []) takeIn(object(takeColumns, row));
  for (const key of event.goneTakes ?? []) {
    const take = store.takes.get(key);
    if (!take) continue;
    takeOut(take);
    store.takes.delete(key);
    changes.takes.add(key);
    if (take.shot) changes.shots.add(take.shot);
    changes.gone = true;
  }
  const known = new Map(store.sequences.map((sequence) => [sequence.id, sequence]));
  for (const sequence of event.sequences ?? []) known.set(sequence.id, sequence);
  for (const key of event.goneShots ?? []) {
    store.shots.delete(key);
    changes.shots.add(key);
    changes.order = true;
  }
  if (event.sequences || event.order) {
    store.sequences = event.order ? event.order.map((id) => known.get(id)).filter(Boolean) : [...known.values()];
    nameSequences();
    changes.order = true;
  }
  if (event.overview) setOverview(event.overview);
  store.revision = event.revision;
  tell();
}

/** Takes in a `progress`. */
export function advance(event) {
  store.progress.set(event.shot, { ...store.progress.get(event.shot), kind: event.kind, fraction: event.fraction, message: event.message });
  // A picture of the job so far, where its engine shows one: cards fade it in.
  if (event.preview) store.previews.set(event.shot, event.preview);
  changes.progress.add(event.shot);
  tell();
}
