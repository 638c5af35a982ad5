// Puts the page together: one view at a time on the stage, the frame around it, the events that keep both right.

import { Board } from "./board.js";
import { Contact } from "./contact.js";
import { ageRows } from "./details.js";
import { isIdleLetter, isTyping, later, remember } from "./dom.js";
import { onFound, search } from "./filters.js";
import { footer } from "./footer.js";
import { header } from "./header.js";
import { showHelp } from "./help.js";
import { foldRail, rail, wasFolded } from "./rail.js";
import { go, onRoute, route } from "./route.js";
import { advance, apply, load, onChange, setReachable, store } from "./store.js";
import { follow } from "./stream.js";
import { strips } from "./strips.js";
import { announce, undoLast } from "./toasts.js";

const stage = document.getElementById("main");
const modules = {
  shot: () => import("./shot.js"),
  replay: () => import("./replay.js"),
  history: () => import("./history.js"),
  library: () => import("./library.js"),
  export: () => import("./export.js"),
};
const views = { board: new Board(), contact: new Contact() };
let view = null;

// --- Views

/** The view of the address; those that are seldom needed are loaded when they are. */
async function show() {
  const name = route.view;
  if (!views[name]) {
    const { View } = await modules[name]();
    views[name] ??= new View();
    if (route.view !== name) return;
  }
  const next = views[name];
  if (next === view) {
    view.routed?.();
    return;
  }
  view?.leave?.();
  view?.element.remove();
  delete stage.dataset.view;
  view = next;
  stage.append(view.element);
  foot.show(view);
  await view.enter?.();
  stage.dataset.view = name;
}

const foot = footer(document.getElementById("foot"), {
  resize(size) {
    view.resize(size);
    remember(view.sizes.name, String(size));
  },
});
const head = header(document.getElementById("head"), { fold: () => fold(), toGrid: () => toView() });
rail(document.getElementById("rail"));
const strip = strips(document.getElementById("strips"), foot.hints);

function fold(folded) {
  head.foldButton.setAttribute("aria-expanded", foldRail(folded) ? "true" : "false");
}
if (wasFolded()) fold(true);

function toView() {
  if (view?.grid && !view.grid.element.hidden) view.grid.focus();
  else stage.focus();
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  toView();
});

// --- Keys that work everywhere

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTyping(event.target) || isIdleLetter(event) || document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    if (undoLast()) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = {
    "/": () => head.search(),
    "?": showHelp,
    "[": () => fold(),
    Escape: () => view?.back?.(),
  };
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  } else if (view?.key?.(event)) {
    event.preventDefault();
  }
});

// --- What the watcher says

onRoute(() => {
  search();
  if (store.ready) show();
});
onFound(() => view?.routed?.());
onChange((changes) => view?.update?.(changes));

const reload = later(0, async () => {
  try {
    await load();
    setReachable(true);
  } catch (error) {
    setReachable(false);
    if (error.status === 401) strip.why("unauthorised");
    setTimeout(reload, 1500);
  }
});

function happened(event) {
  const shot = event.shot?.split("/").pop();
  const left = (store.overview?.jobs.queued ?? 0) + (store.overview?.jobs.running ?? 0);
  if (event.type === "finished") announce(`${shot} finished${left > 0 ? `, ${left} left` : ""}`);
  if (event.type === "failed") announce(`${shot} failed: ${event.message}`);
  if (event.type === "problem") announce(`problem in ${event.file}: ${event.message}`);
  views.history?.happened?.(event);
}

// Events that come before the state does wait for it; those it holds already are known by their revision.
let waiting = [];

function event(name, data) {
  if (!store.ready) {
    waiting.push([name, data]);
    return;
  }
  if (name === "snapshot") {
    if (data.run !== store.run || data.revision !== store.revision) reload();
  } else if (name === "change") {
    ageRows(data);
    apply(data);
  } else if (name === "progress") {
    advance(data);
  } else if (name === "happened") {
    happened(data);
  } else if (name === "gone") {
    setReachable(false);
  }
}

async function begin() {
  let haveState;
  const ready = new Promise((resolve) => {
    haveState = resolve;
  });
  // Listening comes first: what other tabs pass on while the state is on its way is not missed.
  follow({ ready, after: () => store.event, on: event, reachable: came });
  for (;;) {
    try {
      await load();
      break;
    } catch (error) {
      strip.why(error.status === 401 ? "unauthorised" : null);
      setReachable(false);
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
  setReachable(true);
  haveState();
  for (const [name, data] of waiting.splice(0)) event(name, data);
  await search();
  await show();
  document.body.dataset.ready = "";
}

function came(yes, why) {
  if (!store.ready) return;
  strip.why(why);
  const back = yes && !store.reachable;
  setReachable(yes);
  // A tab that only listens may have missed what the leader's stream began with.
  if (back) reload();
}

if (location.hash === "") go({ view: "board" }, true);
begin();

