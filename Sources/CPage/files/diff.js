// Two texts word by word.

import { h } from "./dom.js";

const wordsAtMost = 700;

/** `[sort, text]` with sort `same`, `gone` or `new`. */
export function difference(before, after) {
  const a = split(before);
  const b = split(after);
  if (a.length > wordsAtMost || b.length > wordsAtMost) return [["gone", before], ["new", after]];
  // Longest common subsequence, from the end.
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const parts = [];
  const add = (sort, text) => {
    const last = parts[parts.length - 1];
    if (last?.[0] === sort) last[1] += text;
    else parts.push([sort, text]);
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add("same", a[i]);
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || length[i + 1][j] >= length[i][j + 1])) {
      add("gone", a[i]);
      i += 1;
    } else {
      add("new", b[j]);
      j += 1;
    }
  }
  return parts;
}

function split(text) {
  return text.match(/\s+|[\p{L}\p{N}_@'-]+|./gu) ?? [];
}

/** The difference as a paragraph with deletions and insertions. `around` is how many characters of what is the same are shown beside them. */
export function differenceText(before, after, around = Infinity) {
  const parts = difference(before, after);
  return h(
    "p",
    { class: "difference" },
    parts.map(([sort, text], at) => {
      if (sort === "gone") return h("del", {}, text);
      if (sort === "new") return h("ins", {}, text);
      return shorten(text, around, at === 0, at === parts.length - 1);
    }),
  );
}

function shorten(text, around, first, last) {
  if (text.length <= around * 2) return text;
  if (first) return `…${text.slice(-around)}`;
  if (last) return `${text.slice(0, around)}…`;
  return `${text.slice(0, around)} … ${text.slice(-around)}`;
}
