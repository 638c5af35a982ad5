"""Pictures of a shot that is being made, as an engine sends them: over the take that it has, and gone when it is done."""

import json
import shutil
import subprocess
import sys
import urllib.request

import pytest
from conftest import end, text_of, until
from films import SOURCE, Film, eventually

STEPS = 400


def graph(steps, seconds=1):
    return {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 512, "height": 512, "batch_size": 1, "color": 8421504}, "_meta": {"title": "@frame"}},
        "2": {"class_type": "ImageAddNoise", "inputs": {"image": ["1", 0], "seed": 7, "strength": 0.5}},
        "3": {"class_type": "PeerSleep", "inputs": {"image": ["2", 0], "steps": steps, "step_s": seconds, "seed": 0, "previews": True}},
        "4": {"class_type": "PeerText", "inputs": {"image": ["3", 0], "text": "a harbour"}, "_meta": {"title": "@prompt"}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["4", 0], "filename_prefix": "ComfyUI"}},
    }


class Server:
    """The ComfyUI of the tests. Its nodes sleep by a clock that `sleep` sets."""

    def __init__(self, folder):
        command = [sys.executable, "-B", SOURCE / "Tests/comfyui/server.py", "--base-directory", folder]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().split()[-1]
        self.shows = 0
        self.sleep(0)

    def sleep(self, seconds):
        self.shows += seconds
        body = json.dumps({"to": self.shows}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.address}/_peer/clock", body, {"Content-Type": "application/json"}), timeout=60).read()

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=60)


@pytest.fixture
def drawn():
    """A film of two shots that a server makes, and the server."""
    film = Film()
    server = Server(film.scratch / "comfyui")
    film.file(2).unlink()
    # Other tests may have had takes made.
    for folder in (film.folder / "sequences").glob("*/"):
        shutil.rmtree(folder)
    sequence = {"name": "One", "shots": [{"id": "shot_001", "prompt": "rain"}, {"id": "shot_002", "prompt": "snow", "hold": True}]}
    film.file(1).write_text(json.dumps(sequence, indent=2))
    engine = {"type": "comfyui", "urls": [server.address], "workflow": "workflows/noise.json"}
    project = {"name": "Previews", "frame": {"width": 320, "height": 180}, "engine": "comfyui", "engines": {"comfyui": engine}}
    (film.folder / "project.json").write_text(json.dumps(project, indent=2))
    (film.folder / "workflows").mkdir(exist_ok=True)
    (film.folder / "workflows/noise.json").write_text(json.dumps(graph(1, 0)))
    film.reel("trust")
    film.watch()
    yield film, server
    try:
        end(film)
    finally:
        server.end()


def test_a_preview_fades_in_over_the_take_and_goes_with_its_job(drawn, visit):
    film, server = drawn
    visitor = visit(film)
    # A picture of a job that has just ended may be asked for in vain.
    visitor.expected = ["404"]
    page = visitor.open()
    card = page.locator(".card", has_text="shot_001")
    preview = card.locator(".preview")
    take = card.locator(".pic > img").first
    text_of(card, "fresh")
    until(page, "document.querySelector('.card .pic > img').naturalWidth > 0")
    old = take.get_attribute("src")
    assert preview.is_hidden()
    (film.folder / "workflows/noise.json").write_text(json.dumps(graph(STEPS)))
    text_of(card, "running")

    def another(before):
        """The address of the preview once it is another one; the server goes on step by step meanwhile."""

        def look():
            address = preview.get_attribute("src")
            if address and address != before:
                return address
            server.sleep(1)
            page.wait_for_timeout(50)
            return None

        return eventually("a preview", look)

    first = another(None)
    assert first.startswith("/preview/")
    until(page, "(({ naturalWidth, hidden }) => naturalWidth > 0 && !hidden)(document.querySelector('.card .preview'))")
    # It lies over the take, which stays below, and nothing else has one.
    eventually("its whole light", lambda: preview.evaluate("(image) => getComputedStyle(image).opacity") == "1")
    assert preview.evaluate("(image) => parseFloat(getComputedStyle(image).transitionDuration)") > 0
    boxes = [image.bounding_box() for image in (take, preview)]
    assert take.get_attribute("src") == old and boxes[0] == boxes[1], boxes
    assert page.evaluate("[...document.querySelectorAll('.preview')].filter((image) => image.checkVisibility()).length") == 1
    second = another(first)
    assert second.split("?")[0] == first.split("?")[0] and second != first
    # The next picture takes the place of the last one without a gap.
    assert preview.evaluate("(image) => getComputedStyle(image).opacity") == "1"
    text_of(card, " %")
    server.sleep(STEPS)
    text_of(card, "fresh")
    preview.wait_for(state="hidden")
    assert preview.get_attribute("src") is None and preview.get_attribute("data-there") is None
    until(page, "document.querySelectorAll('.card .dots i').length === 2")
    eventually("the new take", lambda: take.get_attribute("src") != old)
    until(page, "document.querySelector('.card .pic > img').naturalWidth > 0")


def test_a_job_that_is_cancelled_takes_its_preview_along(drawn, visit):
    film, server = drawn
    visitor = visit(film)
    visitor.expected = ["404"]
    page = visitor.open()
    card = page.locator(".card", has_text="shot_001")
    (film.folder / "workflows/noise.json").write_text(json.dumps(graph(STEPS)))
    text_of(card, "running")

    def shown():
        server.sleep(1)
        page.wait_for_timeout(50)
        return card.locator(".preview").is_visible()

    eventually("a preview", shown)
    card.click()
    page.keyboard.press("c")
    eventually("the end of the job", lambda: [server.sleep(1), any(event["type"] == "cancelled" for event in film.watcher.events)][-1])
    card.locator(".preview").wait_for(state="hidden")
    assert card.locator(".pic > img").first.evaluate("(image) => image.naturalWidth > 0"), "the take that it had is seen again"
