// Where the page is: `#/VIEW/REST?filter=…`. Everything a person would want to come back to stands in the address.

const views = ["board", "contact", "shot", "replay", "history", "library", "export"];
const listeners = new Set();

function read() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const [view, ...rest] = path.split("/");
  const parameters = new URLSearchParams(query ?? "");
  return {
    view: views.includes(view) ? view : "board",
    rest: rest.map((part) => safely(part)).join("/"),
    filter: parameters.get("filter") ?? "all",
    words: parameters.get("q") ?? "",
    sequence: parameters.get("sequence") ?? "",
    take: parameters.get("take") ?? "",
  };
}

function safely(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a view with what is chosen now, and `changes` to that. */
export function address(changes) {
  const to = { ...route, rest: "", take: "", ...changes };
  const query = new URLSearchParams();
  if (to.filter !== "all") query.set("filter", to.filter);
  if (to.words) query.set("q", to.words);
  if (to.sequence) query.set("sequence", to.sequence);
  if (to.take) query.set("take", to.take);
  const rest = to.rest ? `/${to.rest.split("/").map(encodeURIComponent).join("/")}` : "";
  const text = query.toString();
  return `#/${to.view}${rest}${text ? `?${text}` : ""}`;
}

export let route = read();

/** Goes there; `replace` leaves no step behind for the browser's Back. */
export function go(changes, replace = false) {
  const to = address(changes);
  if (to === location.hash) return;
  if (replace) {
    history.replaceState(null, "", to);
    arrive();
  } else {
    location.hash = to;
  }
}

function arrive() {
  const before = route;
  route = read();
  for (const listener of listeners) listener(route, before);
}

addEventListener("hashchange", arrive);

export function onRoute(listener) {
  listeners.add(listener);
}
