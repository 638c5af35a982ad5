// "Save this prompt to the library": asks for a name, writes library/NAME.json, never over one that is there.

import { post } from "./api.js";
import { h, say } from "./dom.js";
import { complain, toast } from "./toasts.js";

/** Asks for a name and saves; gives nothing back, the library tells of itself. */
export function saveToLibrary({ take, suggestion = "", prompt }, saved = () => {}) {
  const name = h("input", { class: "field", value: suggestion, pattern: "[A-Za-z0-9_\\-]+", required: true, autocomplete: "off", spellcheck: false });
  const fault = h("p", { role: "alert", class: "soft" }, "Letters, digits, _ and -. Write @name in any prompt to use it.");
  const form = h(
    "form",
    { method: "dialog" },
    h("label", {}, "Name", name),
    h("p", { class: "soft" }, prompt.length > 300 ? `${prompt.slice(0, 299)}…` : prompt),
    fault,
    h("div", { class: "row" }, h("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Cancel"), h("button", { class: "button main", type: "submit" }, "Save")),
  );
  const dialog = h("dialog", { class: "over", "aria-label": "Save to the library" }, h("div", { class: "head-line" }, h("h2", {}, "Save to the library")), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await post("save", { name: name.value.trim(), take });
      dialog.close();
      toast(`Saved as library/${name.value.trim()}.json.`);
      saved();
    } catch (error) {
      if (error.code === "exists") say(fault, `There is a library/${name.value.trim()}.json already: nothing was written. Another name, please.`);
      else complain(error);
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  name.select();
}
