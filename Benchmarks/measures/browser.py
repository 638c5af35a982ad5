"""10, the other half: what Chromium makes of the page, with ten thousand takes."""

import json
import os
import shutil
import sys
import time

import clock
import table
from peers import Listening
from place import REEL, ROOT, SAMPLE
from visitor import wait_until_served

SIZE = {"width": 1366, "height": 768}
# From the beginning of the navigation until cells are there, and until all pictures that are seen are, too.
VIEW = """() => new Promise((resolve) => {
  let first = 0;
  const look = () => {
    const cells = document.querySelectorAll('.take[data-key]');
    if (cells.length > 20 && !first) first = performance.now();
    const seen = [...cells].map((cell) => cell.querySelector('img')).filter((image) => image.getBoundingClientRect().top < innerHeight);
    if (first && seen.every((image) => image.src && image.complete)) resolve([first / 1000, performance.now() / 1000]);
    else requestAnimationFrame(look);
  };
  look();
})"""
# Frames while the sheet is scrolled a screen a second, and flung ten times as fast.
SCROLL = """([pixels, seconds]) => new Promise((resolve) => {
  const grid = document.querySelector('.view .grid');
  const frames = [];
  let rows = 0;
  let last = 0;
  const start = performance.now();
  const step = (now) => {
    if (last) frames.push((now - last) / 1000);
    last = now;
    grid.scrollTop += pixels;
    rows = Math.max(rows, document.querySelectorAll('[role=row]').length);
    if (now - start < seconds * 1000) requestAnimationFrame(step);
    else resolve([frames, rows, document.querySelectorAll('*').length]);
  };
  requestAnimationFrame(step);
})"""
HEAR = """(words) => {
  window.heard = new Promise((resolve) => {
    const look = () => document.querySelector('.grid').textContent.includes(words) && resolve(Date.now() / 1000);
    new MutationObserver(look).observe(document.querySelector('.grid'), { subtree: true, childList: true, characterData: true });
    look();
  });
}"""


def frames_of(place):
    """Frames of the sample film, small: bytes, prompt and name of each."""
    folder = place.folder("page-frames")
    shutil.copytree(SAMPLE, folder)
    project = json.loads((folder / "project.json").read_text())
    project["frame"] = {"width": 192, "height": 108}
    (folder / "project.json").write_text(json.dumps(project))
    place.run(REEL, "-C", folder, "make")
    return many_takes().pictures_of(folder)


def many_takes():
    sys.path.insert(0, str(ROOT / "Tests/page"))
    import many_takes as module

    return module


def measure(place):
    from playwright.sync_api import sync_playwright

    shots, runs, seconds, saves = place.pick(250, 10), place.pick(5, 1), place.pick(5, 1), place.pick(20, 2)
    folder = place.folder("page-takes")
    many_takes().write(folder, frames_of(place), shots=shots, takes=40)
    figures = {name: [] for name in ("first cells", "first view with its pictures", "frame, scrolled a screen a second", "frame, flung", "save to page")}
    most = [0, 0]
    with Listening(place, REEL, "-C", folder, "watch", "--json") as watch, sync_playwright() as playwright:
        wait_until_served(watch)
        address = json.loads(place.run(REEL, "-C", folder, "open", "--json", out=True).out)["url"]
        base = address.split("/?")[0]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for _ in range(runs):
            context = browser.new_context(viewport=SIZE)
            page = context.new_page()
            page.goto(address)
            page.wait_for_selector("body[data-ready]")
            page = context.new_page()
            page.goto(f"{base}/#/contact", wait_until="commit")
            cells, view = page.evaluate(VIEW)
            figures["first cells"].append(cells)
            figures["first view with its pictures"].append(view)
            for name, pixels in (("frame, scrolled a screen a second", 12), ("frame, flung", 120)):
                frames, rows, elements = page.evaluate(SCROLL, [pixels, seconds])
                figures[name] += frames
                most = [max(most[0], rows), max(most[1], elements)]
            context.close()
        page = browser.new_context(viewport=SIZE).new_page()
        page.goto(address)
        page.wait_for_selector("#main[data-view=board]")
        file = folder / "sequences/sequence_001.json"
        for number in range(saves):
            text = file.read_text()
            part = file.with_name("part~")
            words = f"saved {number}"
            value = json.loads(text)
            value["shots"][0]["prompt"] = f"{words}, {value['shots'][0]['prompt'].split(', ', 1)[-1]}"
            part.write_text(json.dumps(value, indent=2))
            page.evaluate(HEAR, words)
            start = time.time()
            part.rename(file)
            figures["save to page"].append(page.evaluate("window.heard") - start)
            watch.wait(lambda line: b'"type":"idle"' in line)
        browser.close()
    section = table.Section(
        f"10. The page in Chromium, {shots * 40:,} takes",
        f"The contact sheet in {SIZE['width']}x{SIZE['height']}, without a graphics card; small pictures of the first run are made then. From the beginning of the navigation "
        f"in a new tab. At most {most[0]} rows and {most[1]} elements were in the document. From the rename of a sequence file to its words on a card. Wanted: a "
        "first view under 1 s, 60 frames a second (16.7 ms), under 300 rows, a change within 100 ms.",
        ["", "median", "p95", "number"])
    for name, found in figures.items():
        section.rows.append([name, table.time(clock.median(found)), table.time(clock.p95(found)), len(found)])
    return section
