// Strips in the footer's row: what keeps files from being read, and that the watcher is gone. Their room is always there, so that nothing moves or is covered
// when they come.

import { h, mark, say } from "./dom.js";
import { glyph } from "./icons.js";
import { onChange, store } from "./store.js";
import { count } from "./words.js";

/** Puts the strips into `element`, and the headline of the problems into the footer in place of its hints. */
export function strips(element, hints) {
  const goneText = h("span", { class: "grow" }, "The watcher is gone. This is the last known state, read-only; the page reconnects by itself.");
  const gone = h("section", { class: "gone", hidden: true, "aria-label": "Watcher" }, glyph("gone"), h("p", { class: "grow", role: "status" }, goneText));

  const headline = h("span", { class: "cut grow" });
  const hint = h("span", { class: "soft" }, "show");
  const list = h("ol", { hidden: true, tabIndex: 0, "aria-label": "Problems" });
  const toggle = h("button", { class: "headline", hidden: true, "aria-expanded": "false", onclick: () => open(list.hidden) }, glyph("failed"), headline, hint);
  const problems = h("section", { class: "problems", hidden: true, "aria-label": "Problems" }, list);
  hints.before(toggle);
  element.append(problems, gone);
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    open(false);
    toggle.focus();
  });

  const open = (yes) => {
    list.hidden = problems.hidden = !yes;
    mark(toggle, "aria-expanded", yes ? "true" : "false");
    say(hint, yes ? "hide" : "show");
  };

  const showProblems = () => {
    const { problems: all, problemCount } = store.overview;
    toggle.hidden = all.length === 0;
    hints.hidden = all.length > 0;
    if (all.length === 0) {
      open(false);
      return;
    }
    const first = all.find((problem) => problem.severity === "error") ?? all[0];
    toggle.classList.toggle("warning", first.severity !== "error");
    const more = problemCount > 1 ? ` (and ${count(problemCount - 1, "more", "more")})` : "";
    say(headline, `${place(first)}  ${first.message}${more}`);
    const said = JSON.stringify(all);
    if (list.dataset.said === said) return;
    list.dataset.said = said;
    list.replaceChildren(...all.map(problemItem));
  };

  onChange((changes) => {
    if (changes.all || changes.overview) showProblems();
    if (changes.all || changes.reachable) {
      gone.hidden = store.reachable;
      document.body.classList.toggle("without-watcher", !store.reachable);
    }
  });
  return {
    /** Why the watcher does not answer. */
    why(reason) {
      say(goneText, reason === "unauthorised"
        ? "The watcher does not know this browser any more. Run reel open in the project's folder."
        : "The watcher is gone. This is the last known state, read-only; the page reconnects by itself.");
    },
  };
}

function place(problem) {
  return [problem.file, problem.line, problem.column].filter((part) => part !== undefined && part !== null).join(":");
}

/** Place, message, the lines of the file with a caret, the fix, and what it means. */
function problemItem(problem) {
  const item = h("li", {}, h("p", {}, h("span", { class: "code" }, place(problem)), "  ", `${problem.severity}: ${problem.message}`));
  if (problem.snippet?.length > 0) {
    const first = problem.line - problem.snippet.length + 1;
    const width = String(problem.line).length;
    const pre = h("pre", { tabIndex: 0, "aria-label": "Lines of the file" });
    problem.snippet.forEach((text, at) => pre.append(`${String(first + at).padStart(width)} | ${text}\n`));
    const caret = Math.max(1, problem.snippetColumn ?? problem.column ?? 1);
    pre.append(`${" ".repeat(width)} | ${" ".repeat(caret - 1)}`, h("em", {}, `${"^".repeat(Math.max(1, problem.length ?? 1))} ${problem.fix ?? ""}`));
    item.append(pre);
  } else if (problem.fix) {
    item.append(h("p", { class: "soft" }, problem.fix));
  }
  for (const note of problem.notes ?? []) item.append(h("p", { class: "soft" }, note));
  return item;
}
