// What the keys do.

import { h, lettersWork, remember } from "./dom.js";

const groups = [
  ["Everywhere", [[["/"], "search"], [["?"], "this list"], [["["], "rail"], [["B"], "board, from a shot"], [["Ctrl", "Z"], "undo, while a message offers it"], [["Esc"], "back, close, clear"]]],
  ["Cards", [[["←", "→", "↑", "↓"], "move"], [["Enter"], "open"], [["P"], "pick, go on"], [["L"], "like, go on"], [["X"], "dislike, go on"], [["U"], "clear, go on"], [["R"], "retake"], [["C"], "cancel"], [["H"], "hold, release"], [["Shift", "←"], "select"], [["Ctrl", "A"], "select all"], [["Del"], "to the trash (contact, shot)"]]],
  ["Shot", [[["1", "…", "9"], "choose a take"], [["Space"], "flick with the pick"], [["V"], "one to four side by side"], [["+", "−", "0"], "zoom, fit"], [["K"], "play, stop"], [["E"], "edit the prompt"], [["N"], "next shot"], [["Shift", "N"], "previous shot"]]],
  ["Replay", [[["Space"], "play, stop"], [["J"], "backwards, faster"], [["K"], "stop"], [["L"], "forwards, faster"], [["←", "→"], "shot by shot"], [["Home"], "to the beginning"], [["M"], "as it was made"]]],
];

let dialog = null;

export function showHelp() {
  if (!dialog) {
    const close = h("button", { class: "quiet square", "aria-label": "Close", onclick: () => dialog.close() }, "✕");
    dialog = h(
      "dialog",
      { class: "over wide", "aria-label": "Keys" },
      h("div", { class: "head-line" }, h("h2", {}, "Keys"), close),
      h(
        "div",
        { class: "keys" },
        groups.map(([title, entries]) =>
          h(
            "div",
            {},
            h("h3", {}, title),
            h("dl", {}, entries.flatMap(([names, does]) => [h("dt", {}, names.map((name) => h("kbd", {}, name))), h("dd", { class: "soft" }, does)])),
          ),
        ),
      ),
      h(
        "p",
        {},
        h(
          "label",
          { class: "choice" },
          h("input", { type: "checkbox", checked: lettersWork(), onchange: (event) => remember("letters", event.target.checked ? "on" : "off") }),
          h("span", {}, "Single letters, digits and signs are keys (they never are while you type)"),
        ),
      ),
      h("p", { class: "soft small" }, "Everything here can be done in a terminal as well: reel --help."),
    );
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
}
