"""Contact sheet, replay, history, library, export, inbox."""

import json
import urllib.parse
import zipfile
from pathlib import Path

import opentimelineio as otio
from conftest import text_of, until
from films import eventually, pictures, ratings


def test_the_contact_sheet_shows_all_takes_and_rates_many_at_once(film, visit):
    film.replace(1, "in the drizzle", "in heavy rain")
    film.settle()
    page = visit(film).open("contact")
    until(page, "document.querySelectorAll('.take[data-key]').length === 12")
    text_of(page.locator(".bar"), "12 takes")
    like = page.locator(".bar").get_by_role("button", name="Like", exact=True)
    assert like.is_disabled()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    text_of(page.locator(".bar"), "3 selected")
    like.click()
    eventually("three ratings", lambda: sum(text.count('"value": 1') for text in ratings(film).values()) == 3)
    page.get_by_role("button", name="Rating", exact=True).click()
    text_of(page.locator(".grid"), "Liked")
    page.get_by_role("button", name="Day", exact=True).click()
    page.get_by_role("button", name="Shot", exact=True).click()
    page.locator(".take[data-key]").first.click()
    page.keyboard.press("Control+a")
    text_of(page.locator(".bar"), "12 selected")
    page.keyboard.press("Escape")
    assert like.is_disabled()
    page.keyboard.press("Enter")
    page.wait_for_selector(".shot")
    assert "take=" in page.url


def test_the_size_of_cards_is_remembered(page, film, visit):
    before = page.evaluate("document.querySelector('.card').offsetWidth")
    page.get_by_label("Size of the cards").fill("400")
    until(page, f"document.querySelector('.card').offsetWidth > {before}")
    wide = page.evaluate("document.querySelector('.card').offsetWidth")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate("document.querySelector('.card').offsetWidth") == wide


def test_delete_in_the_contact_sheet_and_restore_from_the_history(film, visit):
    film.replace(1, "in the drizzle", "in heavy rain")
    film.settle()
    visitor = visit(film)
    # While a take is on its way to the trash or back, its picture may be asked for in vain.
    visitor.expected = ["404"]
    page = visitor.open("contact")
    until(page, "document.querySelectorAll('.take[data-key]').length === 12")
    before = pictures(film)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    until(page, "document.querySelectorAll('.take[data-key]').length === 11")
    eventually("one less", lambda: len(before - pictures(film)) == 1)
    page.goto(page.url.split("#")[0] + "#/history")
    page.get_by_role("button", name="Removed takes").click()
    until(page, "document.querySelectorAll('.view > .grid:not([hidden]) .take[data-key]').length === 1")
    page.get_by_role("button", name="Restore").click()
    eventually("the take", lambda: pictures(film) == before)
    text_of(page.locator(".view .empty"), "The trash is empty")


def test_history_tells_what_was_made_and_goes_on_live(film, visit):
    page = visit(film).open("history")
    text_of(page.locator(".grid").first, "loaded")
    film.replace(1, "in the drizzle", "in heavy rain")
    text_of(page.locator(".grid").first, "in heavy rain")
    text_of(page.locator(".grid").first, "finished still")
    text_of(page.locator(".grid").first, "shot_002.still-")
    page.locator(".event a", has_text="shot_002").first.click()
    page.wait_for_selector(".shot")


def test_replay_plays_with_keys_and_slates(film, visit):
    visitor = visit(film)
    page = visitor.open("replay")
    clock = page.locator(".play .row .soft").first
    text_of(clock, "/ 0:46.0")
    page.keyboard.press("ArrowRight")
    text_of(page.locator(".play"), "shot_002")
    text_of(clock, "0:05.0")
    page.keyboard.press("l")
    page.keyboard.press("l")
    text_of(page.locator(".play"), "2×")
    text_of(page.locator(".play"), "shot_003")
    page.keyboard.press("k")
    page.keyboard.press("Home")
    text_of(clock, "0:00.0")
    page.keyboard.press(" ")
    eventually("the clock moves", lambda: not clock.text_content().startswith("0:00.0"))
    page.keyboard.press(" ")
    page.keyboard.press("j")
    eventually("back at the beginning", lambda: clock.text_content().startswith("0:00.0"))
    page.keyboard.press("k")
    page.keyboard.press("End")
    text_of(page.locator(".play"), "shot_011")
    page.keyboard.press("m")
    text_of(page.locator(".play"), "11 takes")
    page.keyboard.press("End")
    until(page, "document.querySelectorAll('.mosaic img:not([hidden])').length === 11")


def test_a_shot_without_a_take_is_a_slate(film, visit):
    film.watcher.stop()
    for path in (film.folder / "sequences/sequence_001").glob("shot_001.*"):
        path.unlink()
    film.reel("pause")
    film.watch(idle=False)
    page = visit(film).open("replay")
    slate = page.locator(".slate-card")
    text_of(slate, "Harbour at dawn")
    page.goto(page.url.split("#")[0] + "#/board")
    text_of(page.locator(".card").first, "queued 1st")


def test_library_and_export(film, visit):
    page = visit(film).open("library")
    text_of(page.locator(".sheet").first, "@mara")
    text_of(page.locator(".sheet").first, "a woman of sixty")
    page.goto(page.url.split("#")[0] + "#/board")
    page.wait_for_selector(".card")
    page.keyboard.press("l")
    eventually("the rating", lambda: ratings(film))
    page.goto(page.url.split("#")[0] + "#/library")
    text_of(page.locator(".sheet").nth(1), "Extreme wide shot from the breakwater")
    page.goto(page.url.split("#")[0] + "#/export")
    text_of(page.locator(".sum"), "11 takes")
    with page.expect_download() as waiting:
        page.locator("a.main").click()
    path = film.scratch / "out.zip"
    waiting.value.save_as(path)
    names = zipfile.ZipFile(path).namelist()
    assert sum(name.endswith(".png") and "shot_" in name for name in names) == 11, names
    page.get_by_label("Takes you like").check()
    text_of(page.locator(".sum"), "1 take")
    page.get_by_label("Contact sheet").check()
    page.get_by_label("What the shots use").check()
    text_of(page.locator(".sum"), "11 shots")
    with page.expect_download() as waiting:
        page.locator("a.main").click()
    path = film.scratch / "out.html"
    waiting.value.save_as(path)
    assert "shot_011" in path.read_text()


def test_a_timeline_is_among_the_exports(film, visit):
    page = visit(film).open("export")
    text_of(page.locator(".sum"), "11 takes")
    page.get_by_label("Takes you like").check()
    for form, ending in (("Timeline (OTIO)", "otio"), ("Edit decision list", "edl"), ("Timeline (FCPXML)", "fcpxml")):
        page.get_by_label(form).check()
        text_of(page.locator(".sum"), "11 shots, ")
        # A timeline holds what is used; what was chosen for other forms is still chosen when one comes back to them.
        assert page.get_by_label("Takes you like").is_disabled()
        with page.expect_download() as waiting:
            page.locator("a.main").click()
        assert waiting.value.suggested_filename.endswith(f".{ending}")
        path = film.scratch / f"out.{ending}"
        waiting.value.save_as(path)
        assert path.stat().st_size > 0
    cut = otio.adapters.read_from_file(str(film.scratch / "out.otio"))
    clips = list(cut.find_clips())
    assert len(clips) == 11
    for clip in clips:
        # Where the download will lie nobody knows, so media have their whole address.
        address = urllib.parse.urlparse(clip.media_reference.target_url)
        assert address.scheme == "file" and Path(urllib.parse.unquote(address.path)).is_file()
    page.get_by_label("Archive (ZIP)").check()
    assert page.get_by_label("Takes you like").is_checked() and page.get_by_label("Takes you like").is_enabled()
    text_of(page.locator(".sum"), "0 takes")


def test_a_file_that_is_dropped_lands_in_the_inbox(film, visit):
    visitor = visit(film)
    visitor.expected = ["415"]
    page = visitor.open()
    picture = (film.folder / "inbox/storm.jpg").read_bytes()
    drop = """([bytes, name]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name));
      const options = { dataTransfer: data, bubbles: true, cancelable: true };
      document.querySelector('.grid').dispatchEvent(new DragEvent('dragenter', options));
      const shown = document.body.classList.contains('dropping');
      document.querySelector('.grid').dispatchEvent(new DragEvent('dragover', options));
      document.querySelector('.grid').dispatchEvent(new DragEvent('drop', options));
      return shown && !document.body.classList.contains('dropping');
    }"""
    assert page.evaluate(drop, [list(picture), "dusk.jpg"])
    eventually("the file", lambda: (film.folder / "inbox/dusk.jpg").is_file() and (film.folder / "inbox/dusk.jpg").read_bytes() == picture)
    text_of(page.locator(".toast").last, "inbox/dusk.jpg is there")
    page.wait_for_selector('.thumbs img[alt*="dusk.jpg"]')
    # Nothing is written over, and what is no picture is refused.
    page.evaluate(drop, [list(picture), "storm.jpg"])
    eventually("another name", lambda: (film.folder / "inbox/storm-2.jpg").is_file())
    page.evaluate(drop, [list(b"#!/bin/sh\n"), "run.sh"])
    text_of(page.locator(".toast.bad"), "run.sh")
    assert not (film.folder / "inbox/run.sh").exists()
    # By the button, too.
    page.locator("input[type=file]").set_input_files({"name": "noon.jpg", "mimeType": "image/jpeg", "buffer": picture})
    eventually("the chosen file", lambda: (film.folder / "inbox/noon.jpg").is_file())
    assert json.loads(film.reel("status", "--json"))["inbox"]["images"] >= 8
