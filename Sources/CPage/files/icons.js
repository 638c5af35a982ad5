// The glyphs: 16 units square, drawn with one stroke. A state has a shape of its own and never only a colour.

const paths = {
  fresh: "M3.5 8.5l3 3 6-7",
  stale: "M8 2.5v3.2M8 10.3v3.2M2.5 8h3.2M10.3 8h3.2M4.1 4.1l2.3 2.3M9.6 9.6l2.3 2.3M11.9 4.1L9.6 6.4M6.4 9.6l-2.3 2.3",
  missing: "M8 2.5a5.5 5.5 0 0 1 2.7.7M13 5.8a5.5 5.5 0 0 1 .2 3.5M11.5 12.2a5.5 5.5 0 0 1-2.9 1.3M5.4 12.9A5.5 5.5 0 0 1 3 10.4M2.6 7a5.5 5.5 0 0 1 1.8-3.1",
  waiting: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3.2l2.2 1.6",
  queued: "M3 4.5h10M3 8h7M3 11.5h4",
  running: "!M5 3.2v9.6L13 8z",
  failed: "M5.6 2.5h4.8l3.1 3.1v4.8l-3.1 3.1H5.6l-3.1-3.1V5.6zM8 5.2v3.4M8 10.8v.1",
  held: "M5.5 3.5v9M10.5 3.5v9",
  unreadable: "M4 2.5h5l3 3v2M12 13.5H4v-11M9 2.5v3h3M9 10l3.5 3.5M12.5 10L9 13.5",
  pick: "!M4 2.5v11h1.3V9.2H12.5L10.6 6l1.9-3.5z",
  like: "!M8 13.3C4.4 10.7 2.3 8.700 2.300 6.200 2.300 4.400 3.600 3.200 5.200 3.200 6.300 3.200 7.400 3.800 8 4.900 8.600 3.800 9.700 3.200 10.800 3.200 12.400 3.200 13.700 4.400 13.700 6.200 13.700 8.700 11.600 10.700 8 13.300z",
  dislike: "M4 4l8 8M12 4l-8 8",
  clear: "M2.500 8a5.500 5.500 0 1 0 11 0 5.500 5.500 0 1 0-11 0zM4.200 11.800l7.600-7.600",
  search: "M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9zM10.300 10.300l3.200 3.200",
  close: "M4 4l8 8M12 4l-8 8",
  rail: "M2.500 3.500h11v9h-11zM6 3.500v9",
  left: "M10 3.500L5.500 8l4.500 4.500",
  right: "M6 3.500L10.500 8 6 12.500",
  up: "M3.500 10L8 5.500l4.500 4.500",
  down: "M3.500 6L8 10.500 12.500 6",
  play: "!M4.500 3v10l8.500-5z",
  pause: "!M4 3h3v10H4zM9 3h3v10H9z",
  start: "M4 3.500v9M12.500 3.500L6 8l6.500 4.500z",
  end: "M12 3.500v9M3.500 3.500L10 8l-6.500 4.500z",
  download: "M8 2.500v7.500M4.800 7L8 10.200 11.200 7M3 13.200h10",
  trash: "M3 4.500h10M6.500 4.500v-2h3v2M4.500 4.500l.6 9h5.800l.6-9",
  inbox: "M2.500 9L4.500 3h7l2 6v4h-11zM2.500 9h3.300l.8 1.800h2.800l.8-1.800h3.300",
  library: "M3 2.500h3v11H3zM6 2.500h3v11H6zM9.800 3l2.800-.6 1.600 10.600-2.800.6z",
  history: "M3 8a5 5 0 1 0 1.600-3.700M3 2.800v2.500h2.500M8 5.200V8l2 1.400",
  retake: "M12.800 6A5 5 0 1 0 13 9M13 3v3h-3",
  sound: "!M2.500 6h2.500l3-2.700v9.400L5 10H2.500zM10 6.200h1v3.600h-1zM12 4.500h1v7h-1z",
  film: "M2.500 3.500h11v9h-11zM5 3.500v9M11 3.500v9M2.500 8H5M11 8h2.500",
  engine: "M4.500 4.500h7v7h-7zM6.500 2v2.500M9.500 2v2.500M6.500 11.500V14M9.500 11.500V14M2 6.500h2.500M2 9.500h2.500M11.500 6.500H14M11.500 9.500H14",
  linked: "M6.800 9.200l2.400-2.400M7.500 5.200l1.300-1.300a2.300 2.300 0 0 1 3.300 3.300l-1.300 1.300M8.500 10.800l-1.300 1.300a2.300 2.300 0 0 1-3.300-3.300l1.300-1.300",
  gone: "M2.500 13.500l11-11M4 6.500A6 6 0 0 1 8 5M11 6.200c.4.200.7.500 1 .8M6 9a3 3 0 0 1 1-.5M8 12v.1",
  question: "M5.800 6a2.200 2.200 0 1 1 3.300 1.900C8.300 8.400 8 8.800 8 9.700M8 12.200v.1",
};

/** A glyph, hidden from readers: the word stands beside it. */
export function glyph(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "glyph");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  reshape(svg, name);
  return svg;
}

/** Makes another glyph of one that is there. */
export function reshape(svg, name) {
  if (svg.dataset.name === name) return;
  svg.dataset.name = name;
  const data = paths[name] ?? "";
  const filled = data.startsWith("!");
  const path = svg.firstChild;
  path.setAttribute("d", filled ? data.slice(1) : data);
  path.setAttribute("fill", filled ? "currentColor" : "none");
  path.setAttribute("stroke", filled ? "none" : "currentColor");
  path.setAttribute("stroke-width", "1.5");
  path.setAttribute("stroke-linecap", "round");
  path.setAttribute("stroke-linejoin", "round");
}
