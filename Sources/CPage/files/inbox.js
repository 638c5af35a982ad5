// The inbox: pictures, sounds and films that are dropped on the page land in inbox/.

import { get, putIntoInbox } from "./api.js";
import { h, later, say } from "./dom.js";
import { glyph } from "./icons.js";
import { onChange, store } from "./store.js";
import { complain, toast } from "./toasts.js";

const shownAtMost = 4;

/** The part of the rail about the inbox. */
export function inbox() {
  const number = h("span", { class: "count" });
  const thumbs = h("ul", { class: "thumbs", "aria-label": "Newest in the inbox" });
  const choose = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files for the inbox", accept: "image/*,audio/*,video/*" });
  choose.addEventListener("change", () => {
    put([...choose.files]);
    choose.value = "";
  });
  const button = h("button", { class: "button drop", onclick: () => choose.click() }, glyph("inbox"), "Drop files or choose");
  const element = h("section", { class: "inbox", "aria-label": "Inbox" }, h("h2", {}, "Inbox", number), thumbs, button, choose);

  const show = later(50, async () => {
    try {
      const { files } = await get("inbox");
      const shown = files.filter((file) => file.thumb).slice(0, shownAtMost);
      const said = JSON.stringify(shown.map((file) => [file.key, file.v, file.used]));
      if (thumbs.dataset.said === said) return;
      thumbs.dataset.said = said;
      thumbs.replaceChildren(
        ...shown.map((file) => {
          const word = `${file.name}, ${file.used ? "used" : "not used yet"}`;
          return h("li", {}, h("img", { src: `${file.thumb}${file.thumb.includes("?") ? "&" : "?"}w=256`, alt: word, title: word, decoding: "async" }));
        }),
      );
    } catch {
      // Shown as it was.
    }
  });

  onChange((changes) => {
    if (!changes.all && !changes.overview) return;
    const { images, unused } = store.overview.inbox;
    say(number, unused > 0 ? `${images}, ${unused} unused` : String(images));
    show();
  });
  catchDrops();
  return element;
}

/** Puts files into the inbox, one after the other. */
export async function put(files) {
  for (const file of files) {
    try {
      const answer = await putIntoInbox(file);
      toast(`${answer.file} is there.`);
    } catch (error) {
      error.message = `${file.name}: ${error.message}`;
      complain(error);
    }
  }
}

function catchDrops() {
  let depth = 0;
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  const end = () => {
    depth = 0;
    document.body.classList.remove("dropping");
  };
  addEventListener("dragenter", (event) => {
    if (!holdsFiles(event)) return;
    depth += 1;
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", (event) => {
    if (!holdsFiles(event)) return;
    depth -= 1;
    if (depth <= 0) end();
  });
  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    end();
    put([...event.dataTransfer.files]);
  });
}

