// Asking the watcher. Everything that changes something is a POST of JSON; a refusal is an `Error` with the server's sentence.

/** What the watcher answered instead of doing it. */
export class Refusal extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? (status === 0 ? "the watcher does not answer" : `the watcher answered with status ${status}`));
    this.status = status;
    this.code = body?.error?.code ?? (status === 0 ? "gone" : "unknown");
    this.hint = body?.error?.hint;
    this.body = body;
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refusal(0, null);
  }
  let body = null;
  try {
    body = options.exact ? JSON.parse(await response.text(), exactly) : await response.json();
  } catch {
    // An answer that is no JSON says nothing more than its status.
  }
  if (!response.ok) throw new Refusal(response.status, body);
  return body;
}

/** Keeps whole numbers that a double cannot hold, such as 64-bit seeds, as they are written; they are sent back so, too. */
function exactly(_, value, context) {
  if (typeof value !== "number" || Number.isSafeInteger(value) || !Number.isInteger(value) || !context?.source || !JSON.rawJSON) return value;
  return JSON.rawJSON(context.source);
}

/** GET /api/NAME with parameters; an array is repeated. */
export function get(name, parameters = {}, { exact = false } = {}) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value === undefined || value === null) continue;
    for (const one of [value].flat()) query.append(key, one);
  }
  const text = query.toString();
  return ask(`/api/${name}${text ? `?${text}` : ""}`, { cache: "no-cache", exact });
}

/** POST /api/NAME. */
export function post(name, body) {
  return ask(`/api/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
}

/** Puts a file into inbox/. */
export function putIntoInbox(file) {
  return ask(`/api/inbox?name=${encodeURIComponent(file.name)}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
}
