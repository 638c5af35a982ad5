// The engine pill: which engine works, how much is in its queue; a click says why one is not ready and what is waited for.

import { act } from "./actions.js";
import { h, mark, say } from "./dom.js";
import { glyph, reshape } from "./icons.js";
import { onChange, store } from "./store.js";
import { count } from "./words.js";

/** Whether something waits for an engine. One that is not trusted and that no shot asks for is nobody's trouble. */
function isTrouble(engine, waits) {
  if (engine.state === "away" || engine.state === "partly") return true;
  return engine.state === "untrusted" && waits.some((wait) => wait.for === "trust" && (wait.engine ?? engine.name) === engine.name);
}

export function engines() {
  const sign = glyph("engine");
  const word = h("span", { class: "cut" }, "…");
  const pill = h("button", { class: "button pill", type: "button", "aria-haspopup": "dialog" }, sign, word);
  const over = h("section", { class: "over", id: "engines", role: "dialog", "aria-label": "Engines and queue" });
  over.popover = "auto";
  pill.popoverTargetElement = over;
  document.body.append(over);
  over.addEventListener("beforetoggle", (event) => {
    if (event.newState === "open") fill();
  });

  const fill = () => {
    const overview = store.overview;
    if (!overview) return;
    over.replaceChildren(
      h("h2", {}, "Engines"),
      ...overview.engines.map((engine) =>
        h("div", {}, h("h3", {}, `${engine.name}: ${engine.state}`), h("p", { class: "soft" }, [engine.type !== engine.name && engine.type, engine.detail].filter(Boolean).join(": "))),
      ),
      ...overview.waits.map((wait) =>
        h(
          "div",
          {},
          h("h3", {}, `Waiting: ${count(wait.shots ?? 0, "shot")}`),
          h("p", { class: "soft" }, wait.message),
          wait.for === "approval" && h("button", { class: "button main", onclick: () => act("approve", { shots: [] }) }, "Approve all"),
          wait.for !== "approval" && wait.command && h("p", {}, h("code", { class: "code" }, wait.command)),
        ),
      ),
      overview.pointers?.message ? h("p", { class: "soft" }, overview.pointers.message) : "",
      h(
        "div",
        { class: "row" },
        h("span", { class: "grow soft" }, `${overview.jobs.running} running, ${overview.jobs.queued} queued`),
        h("button", { class: "button", onclick: () => act(overview.paused ? "resume" : "pause", {}) }, glyph(overview.paused ? "play" : "pause"), overview.paused ? "Resume" : "Pause"),
        h("button", { class: "button", disabled: overview.jobs.running + overview.jobs.queued === 0, onclick: () => act("cancel", { shots: [] }) }, "Cancel all"),
      ),
    );
  };

  onChange((changes) => {
    if (!changes.all && !changes.overview) return;
    const overview = store.overview;
    const active = overview.running[0]?.engine;
    const troubled = overview.engines.find((one) => isTrouble(one, overview.waits));
    const engine = overview.engines.find((one) => one.name === active) ?? troubled ?? overview.engines.find((one) => one.state === "ready") ?? overview.engines[0];
    const waits = overview.waits.some((wait) => wait.for === "approval");
    const { queued, running } = overview.jobs;
    const bad = troubled !== undefined;
    let text = engine ? `${engine.name} ${engine.state}` : "no engine";
    if (running > 0 || queued > 0) text = `${engine?.name ?? ""}, ${queued > 0 ? `${queued} in queue` : `${running} running`}`;
    if (waits) text = "waits for approval";
    if (overview.paused) text = "paused";
    say(word, text);
    reshape(sign, overview.paused ? "held" : running > 0 ? "running" : bad || waits ? "waiting" : "engine");
    pill.classList.toggle("busy", running > 0 && !overview.paused);
    pill.classList.toggle("bad", bad && running === 0);
    mark(pill, "title", `${text}. Engines and queue`);
    if (over.matches(":popover-open")) fill();
  });
  return pill;
}
