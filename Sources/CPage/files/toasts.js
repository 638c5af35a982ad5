// Short messages: what was done, with a way back where there is one, and what was refused and why.

import { h } from "./dom.js";

const place = document.getElementById("toasts");
const live = document.getElementById("live");
let undo = null;
// Messages stay where they came up: each takes the lowest place that is free.
const places = 4;
const taken = new Array(places).fill(null);

/**
 * Shows a message for some seconds.
 *
 * `action` is `{label, run}`: a button in it, and what Ctrl+Z does while it stands there.
 */
export function toast(text, { bad = false, action = null, seconds = bad ? 8 : 4 } = {}) {
  let slot = taken.indexOf(null);
  const button = action && h("button", { class: "quiet", onclick: () => act() }, action.label);
  const close = h("button", { class: "quiet square", "aria-label": "Close this message", onclick: () => end() }, "✕");
  const element = h("div", { class: bad ? "toast bad" : "toast" }, h("span", { class: "grow" }, text), button, close);
  let timer = setTimeout(() => end(), seconds * 1000);
  const end = () => {
    clearTimeout(timer);
    element.remove();
    if (taken[slot]?.element === element) taken[slot] = null;
    if (undo === act) undo = null;
  };
  const act = () => {
    end();
    action.run();
  };
  if (action) undo = act;
  // It does not go away under the pointer or the focus.
  const stay = () => clearTimeout(timer);
  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(() => end(), 3000);
  };
  element.addEventListener("mouseenter", stay);
  element.addEventListener("mouseleave", leave);
  element.addEventListener("focusin", stay);
  element.addEventListener("focusout", leave);
  if (slot < 0) {
    slot = 0;
    taken[0].end();
  }
  taken[slot] = { element, end };
  element.style.bottom = `${slot * 84}px`;
  place.append(element);
  return end;
}

/** Shows why something was refused. */
export function complain(error) {
  toast(error.hint ? `${error.message}. ${error.hint}` : error.message, { bad: true });
}

/** Does what the newest message's button does; false when there is none. */
export function undoLast() {
  if (!undo) return false;
  undo();
  return true;
}

let waiting = null;
let lastTold = 0;

/** Tells readers something, at most every five seconds; the newest wins. */
export function announce(text) {
  if (waiting !== null) {
    waiting = text;
    return;
  }
  waiting = text;
  setTimeout(() => {
    lastTold = Date.now();
    live.replaceChildren(h("p", {}, waiting));
    waiting = null;
  }, Math.max(0, lastTold + 5000 - Date.now()));
}
