// Shows the project's shots and follows them.

const byId = (id) => document.getElementById(id);
let shots = new Map();
let takes = new Map();
let order = [];

function objects(columns, rows) {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
}

function draw(overview) {
  if (overview) {
    byId("name").textContent = overview.name;
    byId("counts").textContent = `${overview.shots.fresh} of ${overview.shots.total} shots are up to date`;
  }
  byId("shots").replaceChildren(
    ...order.map((key) => {
      const shot = shots.get(key);
      const item = document.createElement("li");
      const poster = takes.get(shot.poster);
      if (poster) {
        const picture = document.createElement("img");
        picture.alt = "";
        picture.loading = "lazy";
        picture.src = `/thumb/${poster.key}?w=256&v=${poster.v}`;
        item.append(picture);
      }
      const text = document.createElement("span");
      text.textContent = `${shot.id}: ${shot.state}`;
      item.append(text);
      return item;
    }),
  );
}

let columns;

async function load() {
  const answer = await fetch("/api/state", { cache: "no-cache" });
  if (!answer.ok) throw new Error(`the state could not be had: ${answer.status}`);
  const state = await answer.json();
  columns = state;
  shots = new Map(objects(state.shotColumns, state.shots).map((shot) => [shot.key, shot]));
  takes = new Map(objects(state.takeColumns, state.takes).map((take) => [take.key, take]));
  order = state.sequences.flatMap((sequence) => sequence.shots);
  draw(state.overview);
  return state.event;
}

function follow(event) {
  const source = new EventSource(`/api/events?after=${event}`);
  source.addEventListener("snapshot", load);
  source.addEventListener("change", ({ data }) => {
    const change = JSON.parse(data);
    if (change.sequences || change.order) return load();
    for (const shot of objects(columns.shotColumns, change.shots ?? [])) shots.set(shot.key, shot);
    for (const take of objects(columns.takeColumns, change.takes ?? [])) takes.set(take.key, take);
    draw(change.overview);
  });
}

follow(await load());
