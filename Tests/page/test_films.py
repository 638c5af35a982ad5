"""Films and sounds: clips side by side that play as one, the replay with its voices, and what only looks like a film."""

import json
import os

import pytest
from conftest import text_of, until
from films import Film, eventually

VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-g", "10")
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "10")

# All that ever played, so that voices, which are in no document, can be looked at, too.
RECORD = """
window.played = new Set();
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () { window.played.add(this); return play.call(this); };
"""
FILMS = "[...document.querySelectorAll('.pane video')]"


def pictures(seconds, size="320x180", colour=None):
    source = f"color={colour}:s={size}:d={seconds}:r=20" if colour else f"testsrc=s={size}:d={seconds}:r=20"
    return ("-f", "lavfi", "-i", source)


def sound(seconds):
    return ("-f", "lavfi", "-i", f"sine=440:d={seconds}")


@pytest.fixture
def two_clips(film, visit):
    """A shot with two clips side by side, the shorter one first, and its window."""
    film.record("shot_002.long.mp4", *pictures(4), *sound(4), *H264, "-c:a", "aac")
    os.utime(film.folder / "sequences/sequence_001/shot_002.long.mp4", (1_900_000_000, 1_900_000_000))
    film.record("shot_002.short.webm", *pictures(2.5), *VP9)
    os.utime(film.folder / "sequences/sequence_001/shot_002.short.webm", (1_900_000_001, 1_900_000_001))
    film.settle()
    page = visit(film).open("shot/sequence_001/shot_002")
    until(page, "document.querySelectorAll('.takes .cell[data-key]').length === 3")
    page.keyboard.press("1")
    page.keyboard.press("v")
    until(page, f"{FILMS}.length === 2 && {FILMS}.every((film) => film.readyState >= 3)")
    assert page.evaluate(f"{FILMS}.map((film) => Math.round(film.duration * 10) / 10)") == [2.5, 4]
    return page


def places(page):
    return page.evaluate(f"{FILMS}.map((film) => film.currentTime)")


def is_in_step(page):
    """Whether both are within a tenth of a second of each other: what a correction lets pass, and the frame that it takes."""
    first, second = places(page)
    return abs(first - second) < 0.2


def test_two_clips_play_stop_and_seek_as_one(two_clips):
    page = two_clips
    page.keyboard.press("k")
    until(page, f"{FILMS}.every((film) => !film.paused && film.currentTime > 0.3)")
    eventually("both in step", lambda: is_in_step(page))
    page.get_by_label("Stop", exact=True).wait_for()
    page.keyboard.press("k")
    until(page, f"{FILMS}.every((film) => film.paused)")
    assert is_in_step(page), places(page)
    place = page.get_by_label("Place in the film")
    place.fill("400")
    until(page, f"{FILMS}.every((film) => Math.abs(film.currentTime - 1.6) < 0.05)")
    text_of(page.locator(".transport"), "0:01.6 / 0:04.0")
    # One that is over waits at its end, and nothing begins anew.
    place.fill("800")
    until(page, f"{FILMS}.map((film) => Math.round(film.currentTime * 10) / 10).join() === '2.5,3.2'")
    page.get_by_label("Play", exact=True).click()
    until(page, f"{FILMS}[1].ended")
    assert page.evaluate(f"{FILMS}[0].currentTime") == pytest.approx(2.5, abs=0.05)
    page.get_by_label("Play", exact=True).wait_for()
    # And then from the beginning, both.
    page.get_by_label("Play", exact=True).click()
    until(page, f"{FILMS}.every((film) => !film.paused && film.currentTime > 0.1 && film.currentTime < 2)")
    eventually("both in step", lambda: is_in_step(page))


def test_the_first_pane_has_the_sound_and_another_take_goes_on_where_this_one_was(two_clips):
    page = two_clips
    assert page.evaluate(f"{FILMS}.map((film) => film.muted)") == [True, True]
    page.get_by_role("button", name="Sound").click()
    assert page.evaluate(f"{FILMS}.map((film) => film.muted)") == [False, True]
    page.get_by_label("Place in the film").fill("500")
    page.locator(".takes .cell[data-key]").first.click()
    for _ in range(3):
        page.keyboard.press("v")
    until(page, "document.querySelectorAll('.pane').length === 1")
    page.keyboard.press("2")
    until(page, f"{FILMS}.length === 1 && Math.abs({FILMS}[0].duration - 4) < 0.2 && {FILMS}[0].readyState >= 2")
    until(page, f"Math.abs({FILMS}[0].currentTime - 2) < 0.05")
    assert page.evaluate(f"{FILMS}[0].muted") is False
    # While it plays, the other one plays on from there.
    page.keyboard.press("k")
    until(page, f"{FILMS}[0].currentTime > 2.05")
    page.keyboard.press("1")
    until(page, f"Math.abs({FILMS}[0].duration - 2.5) < 0.2 && {FILMS}[0].currentTime > 2")
    # The next shot begins at its beginning.
    page.keyboard.press("n")
    text_of(page.locator(".shot h2"), "shot_003")
    page.locator(".transport").wait_for(state="hidden")


def test_a_moving_picture_among_the_clips_is_shown_as_what_it_is(film, visit):
    film.record("shot_002.clip.webp", *pictures(1), "-c:v", "libwebp", "-loop", "0")
    film.settle()
    page = visit(film).open("shot/sequence_001/shot_002")
    until(page, "document.querySelectorAll('.takes .cell[data-key]').length === 2")
    page.keyboard.press("1")
    until(page, "document.querySelector('.pane img')?.naturalWidth === 320 && !document.querySelector('.pane video')")
    assert page.evaluate("getComputedStyle(document.querySelector('.transport')).visibility") == "hidden"
    page.keyboard.press("p")
    eventually("the pick", lambda: "shot_002.clip.webp" in film.file(1).read_text())
    film.settle()
    page.goto(page.url.split("#")[0] + "#/replay")
    page.wait_for_selector("#main[data-view=replay]")
    page.keyboard.press("ArrowRight")
    text_of(page.locator(".play"), "shot_002")
    until(page, "(({ hidden, naturalWidth }) => !hidden && naturalWidth === 320)(document.querySelector('.picture img'))")
    assert page.locator(".picture video").is_hidden()


@pytest.fixture
def spoken():
    """A short film: a still with a voice, a clip with sound, a clip with a voice over it, and a shot that has nothing yet."""
    film = Film.with_takes()
    film.file(2).unlink()
    project = json.loads(film.file(1).read_text())
    first, second, third = project["shots"][:3]
    first.update(duration=2, pick={"voice": film.record("shot_001.line.wav", *sound(1))})
    second.update(duration=1.5, pick={"clip": film.record("shot_002.noisy.webm", *pictures(4), *sound(4), *VP9, "-c:a", "libopus")})
    clip = film.record("shot_003.walk.mp4", *pictures(1), *sound(1), *H264, "-c:a", "aac")
    third.update(duration=1.5, pick={"clip": clip, "voice": film.record("shot_003.line.wav", *sound(3))})
    fourth = {"id": "shot_900", "name": "Not yet", "prompt": "the lamp goes out", "duration": 1, "hold": True}
    project["shots"] = [first, second, third, fourth]
    film.file(1).write_text(json.dumps(project, indent=2) + "\n")
    film.watch()
    yield film
    for visitor in film.visitors:
        visitor.judge()
    film.end()


def heard(page):
    """Of what was ever played and does so now: what it is, and whether it is silent."""
    return page.evaluate("[...window.played].filter((media) => !media.paused && media.currentTime > 0).map((media) => [media.localName, media.muted])")


def test_the_replay_has_its_order_its_durations_its_voices_and_slates(spoken, visit):
    visitor = visit(spoken)
    visitor.context.add_init_script(RECORD)
    page = visitor.open("replay")
    clock = page.locator(".play .clock")
    caption, picture, clip, slate = (page.locator(".play .row .cut").first, page.locator(".picture img"), page.locator(".picture video"), page.locator(".slate-card"))
    text_of(clock, "0:00.0 / 0:06.0")
    # Shot by shot: where each begins, and what is seen of it.
    for number, (shot, begins, shown) in enumerate([("shot_001", "0:00.0", picture), ("shot_002", "0:02.0", clip), ("shot_003", "0:03.5", clip), ("shot_900", "0:05.0", slate)]):
        if number:
            page.keyboard.press("ArrowRight")
        text_of(caption, shot)
        text_of(clock, begins)
        shown.wait_for()
        assert sum(one.is_visible() for one in (picture, clip, slate)) == 1
    text_of(slate, "Not yet")
    text_of(slate, "the lamp goes out")
    assert page.locator(".picture video").evaluate("(film) => film.paused")
    # As it plays: a voice over a still, a clip with its own sound, a voice over a clip, silence.
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    eventually("the voice over the still", lambda: heard(page) == [["audio", False]])
    text_of(caption, "shot_001")
    eventually("the clip's own sound", lambda: heard(page) == [["video", False]])
    text_of(caption, "shot_002")
    assert page.evaluate("[...window.played].find((media) => media.localName === 'video').currentTime") < 1.5, "it is cut where its shot ends"
    eventually("a voice over a silent clip", lambda: sorted(heard(page)) == [["audio", False], ["video", True]])
    text_of(caption, "shot_003")
    # The clip is shorter than its shot and stands at its end; the voice goes on.
    eventually("the end of the clip", lambda: heard(page) == [["audio", False]])
    text_of(caption, "shot_003")
    text_of(caption, "shot_900")
    eventually("silence", lambda: heard(page) == [])
    text_of(clock, "0:06.0 / 0:06.0")
    page.get_by_label("Play", exact=True).wait_for()
    # Without voices.
    page.get_by_role("button", name="Voice").click()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("l")
    eventually("the silent clip", lambda: heard(page) == [["video", True]])
    page.keyboard.press("k")
    # One that was shown while nothing played has its sound when it does.
    page.get_by_role("button", name="Voice").click()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("l")
    eventually("the clip's own sound again", lambda: heard(page) == [["video", False]])


def test_a_voice_that_is_over_does_not_begin_again(spoken, visit):
    visitor = visit(spoken)
    visitor.context.add_init_script(RECORD)
    page = visitor.open("replay")
    page.keyboard.press("l")
    eventually("the voice", lambda: heard(page) == [["audio", False]])
    page.get_by_label("Place in the film").fill("1.6")
    eventually("silence", lambda: heard(page) == [])
    text_of(page.locator(".play .row .cut").first, "shot_001")
    assert page.evaluate("[...window.played].every((media) => media.paused || media.ended)")


def test_backwards_and_faster_the_clip_follows_the_clock_without_a_sound(spoken, visit):
    visitor = visit(spoken)
    visitor.context.add_init_script(RECORD)
    page = visitor.open("replay")
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.picture video').readyState >= 2")
    page.keyboard.press("l")
    page.keyboard.press("l")
    until(page, "document.querySelector('.picture video').currentTime > 0.5")
    assert page.evaluate("document.querySelector('.picture video').paused") and heard(page) == []
    page.keyboard.press("j")
    until(page, "document.querySelector('.picture video').currentTime < 0.3")
    assert heard(page) == []
    page.keyboard.press("k")


def test_as_it_was_made_takes_come_in_the_order_of_their_making(film, visit):
    film.watcher.stop()
    folder = film.folder / "sequences"
    # The second shot first, and it is made again at the end.
    order = ["shot_002", "shot_001", "shot_010", "shot_003"]
    later = [shot for shot in sorted({path.name.split(".")[0] for path in folder.glob("*/*.png")}) if shot not in order]
    for number, shot in enumerate(order + later):
        for path in folder.glob(f"*/{shot}.*"):
            os.utime(path, (1_795_500_000 + number * 60,) * 2)
    film.watch()
    film.record("shot_002.mine.png", *pictures(1, colour="red"), "-frames:v", "1")
    film.settle()
    page = visit(film).open("replay")
    page.keyboard.press("m")
    caption = page.locator(".play .row .cut").first
    spots = "[...document.querySelectorAll('.mosaic .spot')].filter((spot) => !spot.querySelector('img').hidden).map((spot) => spot.textContent).join()"
    seen = []
    for number, shot in enumerate(order + later + ["shot_002"]):
        if number:
            page.keyboard.press("ArrowRight")
        text_of(caption, f"take {number + 1} of 12 · {shot}")
        if shot not in seen:
            seen.append(shot)
        assert page.evaluate(spots) == ",".join(sorted(seen))
        assert page.locator(".spot.now").text_content() == shot
    # Its spot has the new take in place of the old one.
    until(page, "document.querySelector('.spot.now img').naturalWidth > 0")
    last = page.locator(".spot.now img").get_attribute("src")
    page.keyboard.press("Home")
    assert page.evaluate(spots) == "shot_002" and page.locator(".spot.now img").get_attribute("src") != last
    # From the beginning it plays to the end by itself.
    page.keyboard.press(" ")
    text_of(caption, "take 12 of 12")
    page.get_by_label("Play", exact=True).wait_for()
