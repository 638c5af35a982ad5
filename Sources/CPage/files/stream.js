// One event stream for all tabs of a browser: HTTP/1.1 gives it six connections, and tabs that each held one would have none left for pictures.
// The tab that holds a lock reads the stream and passes on what it says; when it is closed, the next one takes over.

const silence = 40_000;

/**
 * Follows the watcher's events.
 *
 * `ready` is fulfilled when this tab has a state, `after()` gives the event that it has; `on(event, data)` is called for each event, in every tab; `reachable(yes)` when the watcher came or went.
 */
export function follow({ ready, after, on, reachable }) {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("reel-events") : null;
  let leads = false;
  let isReachable = true;

  const told = (message) => {
    if (message.what === "event") on(message.event, message.data);
    if (message.what === "reachable") reachable(message.yes, message.why);
  };
  const tell = (message) => {
    told(message);
    channel?.postMessage(message);
  };
  channel?.addEventListener("message", ({ data }) => {
    // A tab that comes later asks how things stand.
    if (data.what === "hello") {
      if (leads) channel.postMessage({ what: "reachable", yes: isReachable });
    } else {
      told(data);
    }
  });
  channel?.postMessage({ what: "hello" });

  const lead = async () => {
    leads = true;
    window.reelLeads = true;
    await ready;
    let last = after();
    let pause = 500;
    for (;;) {
      let why = null;
      try {
        await readStream(`/api/events?after=${encodeURIComponent(last)}`, {
          opened() {
            pause = 500;
            isReachable = true;
            tell({ what: "reachable", yes: true });
          },
          event(event, data, id) {
            if (id) last = id;
            tell({ what: "event", event, data });
          },
        });
      } catch (error) {
        why = error.status === 401 ? "unauthorised" : null;
      }
      isReachable = false;
      tell({ what: "reachable", yes: false, why });
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 1.5, 3000);
    }
  };

  if (navigator.locks) navigator.locks.request("reel-events", lead);
  else lead();
}

/** Reads a stream until it ends. Comments count as signs of life; after 40 seconds without any the watcher is taken for gone. */
async function readStream(url, { opened, event }) {
  const abort = new AbortController();
  let watch = setTimeout(() => abort.abort(), silence);
  try {
    const response = await fetch(url, { headers: { Accept: "text/event-stream" }, cache: "no-store", signal: abort.signal });
    if (!response.ok) throw Object.assign(new Error("refused"), { status: response.status });
    opened();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let name = "message";
    let id = "";
    let data = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(() => abort.abort(), silence);
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (line === "") {
          if (data.length > 0) event(name, JSON.parse(data.join("\n")), id);
          name = "message";
          data = [];
        } else if (!line.startsWith(":")) {
          const colon = line.indexOf(":");
          const field = colon < 0 ? line : line.slice(0, colon);
          const text = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
          if (field === "event") name = text;
          else if (field === "data") data.push(text);
          else if (field === "id") id = text;
        }
      }
    }
  } finally {
    clearTimeout(watch);
  }
}
