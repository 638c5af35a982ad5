// One word for one thing: how states, times and sizes are said.

/** The words for the states of a shot. Each has a glyph of the state's name in `icons.js`. */
export const stateWords = {
  fresh: "fresh", missing: "no take yet", stale: "changed", waiting: "waiting", queued: "queued", running: "running", failed: "failed", held: "held",
  unreadable: "frozen",
};

export const kinds = ["still", "clip", "voice", "talk"];

/** Sums that `flags` of a take is made of. */
export const flag = { used: 1, current: 2, picked: 4, yours: 8, edited: 16, removed: 32, pointer: 64, absent: 128, damaged: 256 };

/** "queued 3rd", "running 45 %", "changed". */
export function stateText(state, progress, place) {
  if (state === "running" && progress?.fraction !== undefined && progress?.fraction !== null) return `running ${Math.floor(progress.fraction * 100)} %`;
  if (state === "queued" && place) return `queued ${ordinal(place)}`;
  return stateWords[state] ?? state;
}

export function ordinal(number) {
  const tens = number % 100;
  const ending = tens > 10 && tens < 14 ? "th" : { 1: "st", 2: "nd", 3: "rd" }[number % 10] ?? "th";
  return `${number}${ending}`;
}

export function count(number, noun, several = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : several}`;
}

export function seconds(value) {
  if (value === null || value === undefined) return "";
  return `${Number(value.toFixed(1))} s`;
}

/** A place in a film: 1:04.5 */
export function clock(value) {
  const tenths = Math.max(0, Math.round(value * 10));
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
}

export function size(bytes) {
  if (bytes === null || bytes === undefined) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  for (const [unit, factor] of [["kB", 1e3], ["MB", 1e6], ["GB", 1e9]]) {
    if (bytes < factor * 1000 || unit === "GB") return `${(bytes / factor).toFixed(bytes < factor * 10 ? 1 : 0)} ${unit}`;
  }
}

const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
const timeFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

/** Seconds since 1970 as a day. */
export function day(time) {
  return dayFormat.format(time * 1000);
}

/** Seconds since 1970, or RFC 3339, as a time of day. */
export function time(value) {
  return timeFormat.format(typeof value === "number" ? value * 1000 : new Date(value));
}

/** A value of a recipe or a field as it would be written. */
export function written(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}
