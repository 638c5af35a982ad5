"""Takes the pictures of the page that stand in Documentation/Pictures:  .build/venv/bin/python Tests/page/portraits.py

The sample film with some takes, ratings and a pick, and a film of ten thousand takes; dark and light. Chromium itself makes WebP of them.
"""

import base64
import shutil

from conftest import Visitor, until
from films import SOURCE, Film
from many_takes import frames, write
from playwright.sync_api import sync_playwright

PICTURES = SOURCE / "Documentation/Pictures"
SIZE = (1366, 768)
WEBP = """async (data) => {
  const image = new Image();
  image.src = `data:image/png;base64,${data}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.86).split(",")[1];
}"""


def sample():
    """The sample film after a day's work."""
    film = Film()
    film.watch()
    for old, new in (("in the drizzle", "in heavy rain"), ("in heavy rain", "in the last of the rain"), ("a small fishing harbour at dawn", "a fishing harbour before dawn")):
        film.replace(1, old, new)
        film.settle()
    film.replace(2, "only a thread of smoke", "only the smell of smoke")
    film.settle()
    used = {take["shot"]: take["file"] for take in film.json("takes")["takes"] if take["used"]}
    for shot in ("sequence_001/shot_001", "sequence_001/shot_003", "sequence_002/shot_010"):
        film.reel("like", used[shot])
    film.reel("pick", used["sequence_001/shot_002"])
    film.settle()
    return film


def many():
    film = Film()
    shutil.rmtree(film.folder)
    write(film.folder, frames(480), alike=True)
    film.watch()
    return film


def portrait(browser, film, route, name, theme, ready, keys=()):
    visitor = Visitor(browser, film, size=SIZE, theme=theme)
    page = visitor.open(route)
    until(page, ready)
    for key in keys:
        page.keyboard.press(key)
    until(page, "[...document.querySelectorAll('.pic img[src], .pane img')].filter((image) => image.checkVisibility()).every((image) => image.complete && image.naturalWidth > 0)")
    page.wait_for_timeout(600)
    data = base64.b64encode(page.screenshot()).decode()
    empty = visitor.context.new_page()
    (PICTURES / f"{name}-{theme}.webp").write_bytes(base64.b64decode(empty.evaluate(WEBP, data)))
    visitor.judge()


def main():
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        film = sample()
        for theme in ("dark", "light"):
            portrait(browser, film, "board", "page-board", theme, "document.querySelectorAll('.card[data-key]').length === 11", ["ArrowRight"])
            portrait(browser, film, "shot/sequence_001/shot_002", "page-shot", theme, "document.querySelectorAll('.takes .cell[data-key]').length === 3", ["v"])
        film.end()
        film = many()
        for theme in ("dark", "light"):
            portrait(browser, film, "contact", "page-contact", theme, "document.querySelectorAll('.take[data-key]').length > 20")
        film.end()
        browser.close()


if __name__ == "__main__":
    main()
