// What can be done with takes and shots. The watcher does it; what follows comes by the event stream.

import { post } from "./api.js";
import { assume, posterOf, store, takesOf } from "./store.js";
import { complain, toast } from "./toasts.js";
import { count, flag } from "./words.js";

let last = Promise.resolve();

/** One action after the other, in the order of the keys that were pressed. `decide` gives name and body when its turn has come, or null for nothing to do. */
function inTurn(decide, then) {
  const mine = last.then(async () => {
    const call = decide();
    if (!call) return null;
    const answer = await post(...call);
    then?.();
    return answer;
  });
  last = mine.catch(() => {});
  return mine;
}

/** Asks the watcher; says what was refused. Gives the answer, or null. */
export const act = (name, body, then) => actBy(() => [name, body], then);

/** The same for what is decided by what came of the actions before. */
async function actBy(decide, then) {
  if (!store.reachable) {
    toast("The watcher is gone: nothing can be changed until it is back.", { bad: true });
    return null;
  }
  try {
    return await inTurn(decide, then);
  } catch (error) {
    complain(error);
    return null;
  }
}

const idOf = (take) => (take.shot ? store.shots.get(take.shot)?.id ?? "its shot" : "a shot that is gone");

/** Picks a take for its shot. */
export async function pick(key) {
  const take = store.takes.get(key);
  if (take && (await act("pick", { take: key }, () => assumePick(take, key)))) toast(`Picked for ${idOf(take)}.`);
}

/** A shot has one pick of a kind, or none. */
function assumePick({ shot, kind }, picked) {
  for (const take of takesOf(shot)) {
    if (take.kind === kind) assume("takes", take.key, { flags: take.key === picked ? take.flags | flag.picked : take.flags & ~flag.picked });
  }
}

const assumeRating = (takes, rating) => () => takes.forEach((key) => assume("takes", key, { rating }));

export const like = (takes, note) => act("like", note ? { takes, note } : { takes }, assumeRating(takes, 1));
export const dislike = (takes, note) => act("dislike", note ? { takes, note } : { takes }, assumeRating(takes, -1));

/** Takes back ratings and picks. */
export function clear(keys) {
  if (!store.reachable) return void act("unrate", { takes: keys });
  let rated = [];
  const unrate = () => {
    rated = keys.filter((key) => (store.takes.get(key)?.rating ?? 0) !== 0);
    return rated.length > 0 ? ["unrate", { takes: rated }] : null;
  };
  actBy(unrate, () => assumeRating(rated, 0)());
  for (const key of keys) {
    const take = store.takes.get(key);
    if (!take?.shot) continue;
    const unpick = () => (store.takes.get(key)?.flags & flag.picked ? ["unpick", { shot: take.shot, kind: take.kind }] : null);
    actBy(unpick, () => assumePick(take, null));
  }
}

/** Into the trash, with a way back for ten seconds (and afterwards in the history). */
export async function remove(keys, force = false) {
  if (!store.reachable) return void (await act("remove", {}));
  try {
    await inTurn(() => ["remove", { takes: keys, force }]);
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
  let held = 0;
  const decide = () => {
    held = store.shots.get(shots[0])?.held ? 0 : 1;
    return [held ? "hold" : "release", { shots }];
  };
  return actBy(decide, () => shots.forEach((key) => assume("shots", key, { held })));
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

