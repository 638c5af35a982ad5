"""What runs: live progress, cancelling, retaking, failing."""

import json

from conftest import text_of, until
from films import eventually, sidecars


def card(page, shot):
    return page.locator(".card", has_text=shot)


def test_progress_is_live_and_the_take_appears(painted, visit):
    page = visit(painted).open()
    text_of(card(page, "shot_002"), "fresh")
    painted.gate.touch()
    painted.replace(1, "in the drizzle", "in heavy rain")
    text_of(card(page, "shot_002"), "running")
    text_of(card(page, "shot_002"), "running 45 %")
    assert page.title().startswith("1 running")
    until(page, "[...document.querySelectorAll('.meter i')].some((fill) => fill.offsetParent && fill.style.transform === 'scaleX(0.45)')")
    page.get_by_role("button", name="Running", exact=True).click()
    until(page, "document.querySelectorAll('.card[data-key]').length === 1")
    page.get_by_role("button", name="All", exact=True).click()
    painted.gate.unlink()
    text_of(card(page, "shot_002"), "fresh")
    until(page, "document.querySelectorAll('.card')[1].querySelectorAll('.dots i').length === 2")


def test_r_takes_again_and_c_cancels(painted, visit):
    page = visit(painted).open()
    text_of(card(page, "shot_001"), "fresh")
    page.keyboard.press("r")
    eventually("the second take", lambda: sum("/shot_001." in name for name in sidecars(painted)) == 2)
    painted.settle()
    seeds = {json.dumps(sidecar["recipe"].get("seed")) for name, sidecar in sidecars(painted).items() if "/shot_001." in name}
    assert len(seeds) == 2, seeds
    painted.gate.touch()
    page.keyboard.press("r")
    text_of(card(page, "shot_001"), "running")
    page.keyboard.press("c")
    eventually("the end of the job", lambda: any(event["type"] == "cancelled" for event in painted.watcher.events))
    until(page, "!document.querySelectorAll('.card')[0].textContent.includes('running')")
    painted.gate.unlink()
    assert sum("/shot_001." in name for name in sidecars(painted)) == 2


def test_queued_shots_have_their_place_and_the_pill_counts(painted, visit):
    page = visit(painted).open()
    painted.gate.touch()
    for old in ("Extreme wide shot from", "Close-up on", "Low angle"):
        painted.replace(1, old, "Tonight. " + old)
    text_of(page.locator(".pill"), "2 in queue")
    text_of(page.locator(".grid"), "queued 1st")
    text_of(page.locator(".grid"), "queued 2nd")
    page.locator(".pill").click()
    text_of(page.locator("#engines"), "1 running, 2 queued")
    page.locator("#engines").get_by_role("button", name="Pause").click()
    text_of(page.locator(".pill"), "paused")
    page.locator("#engines").get_by_role("button", name="Resume").click()
    page.keyboard.press("Escape")
    painted.gate.unlink()
    painted.settle()
    text_of(page.locator(".foot"), "11 fresh")


def test_a_failure_says_why_and_is_tried_again(painted, visit):
    page = visit(painted).open()
    painted.replace(1, "in the drizzle", "FAIL in the drizzle")
    text_of(card(page, "shot_002"), "failed")
    card(page, "shot_002").dblclick()
    text_of(page.locator(".panel"), "the brush broke")
    runs = sum(event["type"] == "failed" for event in painted.watcher.events)
    page.get_by_role("button", name="Retry").click()
    eventually("another try", lambda: sum(event["type"] == "failed" for event in painted.watcher.events) > runs)


def test_a_burst_waits_for_approval(painted, visit):
    project = json.loads((painted.folder / "project.json").read_text())
    project["limits"] = {"burst": 3}
    (painted.folder / "project.json").write_text(json.dumps(project, indent=2))
    painted.settle()
    page = visit(painted).open()
    for number in (1, 2):
        path = painted.file(number)
        path.write_text(path.read_text().replace('"prompt": "', '"prompt": "At night. '))
    text_of(page.locator(".pill"), "waits for approval")
    assert not any(event["type"] == "queued" and "At night" in event.get("reason", "") for event in painted.watcher.events)
    page.locator(".pill").click()
    page.locator("#engines").get_by_role("button", name="Approve all").click()
    eventually("all takes", lambda: len(sidecars(painted)) == 22)
