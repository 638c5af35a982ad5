// Elements without markup: names, prompts and messages come from strangers' repositories, so that text only ever goes in as text.

/**
 * An element with properties and children.
 *
 * `class`, `for`, `aria-…`, `role` and `data-…` are attributes, what begins with `on` is a listener, everything else is a property. Children are elements and
 * texts; `null`, `undefined` and `false` are left out.
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && !name.startsWith("aria") && name !== "list" && name !== "role" && name !== "popover") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets a text where it differs, so that nothing is laid out again for nothing. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets or takes away an attribute. */
export function mark(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/** Whether a key press belongs to what is being typed. */
export function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=range], [type=checkbox], [type=radio])"));
}

/** Calls `work` once, `milliseconds` after the last call. */
export function later(milliseconds, work) {
  let timer = 0;
  const call = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds, ...values);
  };
  call.cancel = () => clearTimeout(timer);
  return call;
}

/** What this browser remembers; `otherwise` where storage is switched off. */
export function remembered(name, otherwise) {
  try {
    return localStorage.getItem(`reel-${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`reel-${name}`, value);
  } catch {
    // Then it is forgotten with the tab.
  }
}

/** Whether single letters, digits and signs are keys: people who dictate, or whose fingers slip, may switch that off in the list of keys. */
export function lettersWork() {
  return remembered("letters", "on") !== "off";
}

/** A key press that counts for nothing because letters are switched off. */
export function isIdleLetter(event) {
  return event.key.length === 1 && event.key !== " " && event.key !== "?" && !event.ctrlKey && !event.metaKey && !lettersWork();
}
