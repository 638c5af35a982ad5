// Which shots and takes are shown: the chips, the sequence and the words searched for.

import { get } from "./api.js";
import { route } from "./route.js";
import { onChange, store, takesOf } from "./store.js";

export const chips = [
  ["all", "All"],
  ["changed", "Changed"],
  ["running", "Running"],
  ["failed", "Failed"],
  ["unrated", "Unrated"],
  ["liked", "Liked"],
];

const states = {
  changed: new Set(["stale", "missing", "waiting"]),
  running: new Set(["running", "queued"]),
  failed: new Set(["failed", "unreadable"]),
};

/** Shots that hold the words searched for; null while nothing is searched. */
let found = null;
let foundFor = "";
let asked = 0;
const listeners = new Set();

export function onFound(listener) {
  listeners.add(listener);
}

/** Searches anew where the words changed, or the project did. */
export async function search(again = false) {
  const words = route.words.trim();
  if (words === foundFor && !again) return;
  foundFor = words;
  asked += 1;
  const mine = asked;
  if (words === "") {
    found = null;
  } else {
    try {
      const answer = await get("search", { q: words });
      if (mine !== asked) return;
      found = new Set(answer.shots);
    } catch {
      return;
    }
  }
  for (const listener of listeners) listener();
}

onChange((changes) => {
  if (route.words && (changes.all || changes.shots.size > 0)) search(true);
});

function inPlace(shot) {
  return shot && (!route.sequence || shot.sequence === route.sequence) && (!found || found.has(shot.key));
}

export function showsShot(key) {
  const shot = store.shots.get(key);
  if (!inPlace(shot)) return false;
  switch (route.filter) {
    case "all": return true;
    case "unrated": return shot.takes > 0 && takesOf(key).every((take) => take.rating === 0);
    case "liked": return takesOf(key).some((take) => take.rating > 0);
    default: return states[route.filter]?.has(shot.state) ?? true;
  }
}

export function showsTake(take) {
  if (take.flags & 32) return false;
  const shot = store.shots.get(take.shot);
  if (shot ? !inPlace(shot) : route.sequence || found) return false;
  switch (route.filter) {
    case "all": return true;
    case "unrated": return take.rating === 0;
    case "liked": return take.rating > 0;
    default: return shot ? states[route.filter]?.has(shot.state) ?? true : false;
  }
}
