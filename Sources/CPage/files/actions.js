// What can be done with takes and shots. The watcher does it; what follows comes by the event stream.

import { post } from "./api.js";
import { posterOf, store } from "./store.js";
import { complain, toast } from "./toasts.js";
import { count, flag } from "./words.js";

let last = Promise.resolve();

/** One action after the other, in the order of the keys that were pressed. */
function inTurn(name, body) {
  const mine = last.then(() => post(name, body));
  last = mine.catch(() => {});
  return mine;
}

/** Asks the watcher; says what was refused. Gives the answer, or null. */
export async function act(name, body) {
  if (!store.reachable) {
    toast("The watcher is gone: nothing can be changed until it is back.", { bad: true });
    return null;
  }
  try {
    return await inTurn(name, body);
  } catch (error) {
    complain(error);
    return null;
  }
}

const idOf = (take) => (take.shot ? store.shots.get(take.shot)?.id ?? "its shot" : "a shot that is gone");

/** Picks a take for its shot. */
export async function pick(key) {
  const take = store.takes.get(key);
  if (take && (await act("pick", { take: key }))) toast(`Picked for ${idOf(take)}.`);
}

export const like = (takes, note) => act("like", note ? { takes, note } : { takes });
export const dislike = (takes, note) => act("dislike", note ? { takes, note } : { takes });

/** Takes back ratings and picks. */
export async function clear(keys) {
  const takes = keys.map((key) => store.takes.get(key)).filter(Boolean);
  const rated = takes.filter((take) => take.rating !== 0).map((take) => take.key);
  if (rated.length > 0) await act("unrate", { takes: rated });
  for (const take of takes) if (take.flags & flag.picked && take.shot) await act("unpick", { shot: take.shot, kind: take.kind });
}

/** Into the trash, with a way back for ten seconds (and afterwards in the history). */
export async function remove(keys, force = false) {
  if (!store.reachable) return void (await act("remove", {}));
  try {
    await inTurn("remove", { takes: keys, force });
  } catch (error) {
    if (!force && error.code === "refused") {
      toast(`${error.message}${error.hint ? `. ${error.hint}` : ""}`, { bad: true, action: { label: "Remove all the same", run: () => remove(keys, true) }, seconds: 10 });
    } else {
      complain(error);
    }
    return;
  }
  toast(`${count(keys.length, "take")} moved to the trash.`, { action: { label: "Undo", run: () => restore(keys) }, seconds: 10 });
}

export async function restore(keys) {
  if (await act("restore", { takes: keys })) toast(`${count(keys.length, "take")} restored.`);
}

export const retake = (shot) => act("retake", { shot });
export const retry = (shots) => act("retry", { shots });
export const cancel = (shots) => act("cancel", { shots });

/** Holds shots, or releases them when the first of them is held. */
export function hold(shots) {
  const held = store.shots.get(shots[0])?.held;
  return act(held ? "release" : "hold", { shots });
}

/**
 * The keys that work on cards of shots and takes alike.
 *
 * `takes` and `shots` are what they are for; `next()` goes on to the next card. True when the key meant something.
 */
export function press(event, { takes, shots, next }) {
  switch (event.key.toLowerCase()) {
    case "p":
      if (takes.length > 0) pick(takes[0]);
      break;
    case "l":
      if (takes.length > 0) like(takes);
      break;
    case "x":
      if (takes.length > 0) dislike(takes);
      break;
    case "u":
      if (takes.length > 0) clear(takes);
      break;
    case "r":
      for (const shot of shots) retake(shot);
      return true;
    case "c":
      if (shots.length > 0) cancel(shots);
      return true;
    case "h":
      if (shots.length > 0) hold(shots);
      return true;
    case "delete":
    case "backspace":
      if (event.key === "Backspace" || takes.length === 0) return false;
      remove(takes);
      return true;
    default:
      return false;
  }
  next?.();
  return true;
}

/** The take that an action on a shot's card is for. */
export function takeOfShot(shot) {
  return posterOf(shot)?.key ?? null;
}

