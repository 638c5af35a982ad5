"""The shot: takes side by side, why, and editing in place from both sides."""

import json

from conftest import text_of, until
from films import differing, eventually, pictures, ratings


def test_takes_why_and_the_difference_to_the_take_before(film, visit):
    film.replace(1, "in the drizzle", "in heavy rain")
    film.settle()
    page = visit(film).open("shot/sequence_001/shot_002")
    until(page, "document.querySelectorAll('.takes .cell[data-key]').length === 2")
    text_of(page.locator(".panel"), "its take was made by this recipe")
    page.locator(".panel").get_by_role("button", name="This take").click()
    text_of(page.locator(".panel"), 'prompt "…in the drizzle, the…" -> "…in heavy rain, the…"')
    text_of(page.locator("figcaption").first, "take 1 of 2")
    page.keyboard.press("2")
    text_of(page.locator("figcaption").first, "take 2 of 2")
    text_of(page.locator("figcaption").first, "of an earlier recipe")
    assert "The first of its kind" in eventually("the older take", lambda: (lambda text: text if "The first" in text else None)(page.locator(".panel").text_content()))
    # Space flicks with what the shot uses, and back.
    page.keyboard.press(" ")
    text_of(page.locator("figcaption").first, "take 1 of 2")
    page.keyboard.press(" ")
    text_of(page.locator("figcaption").first, "take 2 of 2")
    # Side by side.
    page.keyboard.press("v")
    until(page, "document.querySelectorAll('.pane').length === 2")
    page.keyboard.press("+")
    page.keyboard.press("+")
    scales = page.evaluate("[...document.querySelectorAll('.lens')].map((lens) => lens.style.transform)")
    assert len(set(scales)) == 1 and "scale(2.25)" in scales[0], scales
    page.keyboard.press("0")
    assert page.evaluate("[...document.querySelectorAll('.lens')].every((lens) => lens.style.transform === 'none')")


def test_p_l_and_delete_with_undo(film, visit):
    film.replace(1, "in the drizzle", "in heavy rain")
    film.settle()
    visitor = visit(film)
    # While a take is on its way to the trash or back, its picture may be asked for in vain.
    visitor.expected = ["404"]
    page = visitor.open("shot/sequence_001/shot_002")
    until(page, "document.querySelectorAll('.takes .cell[data-key]').length === 2")
    page.keyboard.press("2")
    page.keyboard.press("p")
    page.wait_for_selector(".takes .cell:nth-child(2) [data-name=pick]")
    assert '"pick"' in film.file(1).read_text()
    page.keyboard.press("1")
    page.keyboard.press("l")
    eventually("the rating", lambda: ratings(film))
    # Goes on to the next; back to the first, which is not picked and may be removed.
    page.keyboard.press("1")
    before = pictures(film)
    page.keyboard.press("Delete")
    text_of(page.locator(".toast").last, "moved to the trash")
    until(page, "document.querySelectorAll('.takes .cell[data-key]').length === 1")
    assert len(pictures(film)) == len(before) - 1
    page.get_by_role("button", name="Undo").click()
    until(page, "document.querySelectorAll('.takes .cell[data-key]').length === 2")
    assert pictures(film) == before


def test_a_prompt_edited_here_changes_only_its_bytes_in_the_file(film, visit):
    page = visit(film).open("shot/sequence_001/shot_002")
    prompt = page.get_by_label("Prompt", exact=True)
    eventually("the prompt", lambda: prompt.input_value())
    before = film.file(1).read_bytes()
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.id") == "field-prompt"
    prompt.fill(prompt.input_value().replace("in the drizzle", "in heavy rain"))
    page.keyboard.press("Control+Enter")
    text_of(page.locator(".toast").last, "Saved into sequences/sequence_001.json")
    old, new = differing(before, film.file(1).read_bytes())
    assert (old in b"in the drizzle") and (new in b"in heavy rain"), (old, new)
    film.settle()
    until(page, "document.querySelectorAll('.takes .cell[data-key]').length === 2")


def test_other_fields_are_edited_and_taken_out(film, visit):
    page = visit(film).open("shot/sequence_001/shot_002")
    seed = page.get_by_label("Seed", exact=True)
    eventually("the fields", lambda: page.get_by_label("Prompt", exact=True).input_value())
    before = film.file(1).read_bytes()
    # A seed beyond a double's reach stays what was typed.
    seed.fill("9223372036854775807")
    seed.press("Enter")
    eventually("the seed", lambda: b'"seed": 9223372036854775807' in film.file(1).read_bytes())
    page.locator(".edit", has=seed).get_by_role("button", name="Save").wait_for(state="hidden")
    film.settle()
    eventually("the seed on the page", lambda: seed.input_value() == "9223372036854775807")
    seed.fill("")
    seed.press("Enter")
    eventually("the file as it was", lambda: film.file(1).read_bytes() == before)
    duration = page.get_by_label("Duration, seconds", exact=True)
    duration.fill("a while")
    duration.press("Enter")
    text_of(page.locator(".edit", has=duration), "has to be a number")
    duration.fill("4.25")
    duration.press("Enter")
    eventually("the duration", lambda: b'"duration": 4.25' in film.file(1).read_bytes())


def test_an_edit_in_the_editor_appears_in_the_field(film, visit):
    page = visit(film).open("shot/sequence_001/shot_002")
    prompt = page.get_by_label("Prompt", exact=True)
    eventually("the prompt", lambda: "in the drizzle" in prompt.input_value())
    film.replace(1, "in the drizzle", "in heavy rain")
    eventually("the editor's words", lambda: "in heavy rain" in prompt.input_value())


def test_both_at_once_shows_both_texts_and_loses_neither(film, visit):
    visitor = visit(film)
    visitor.expected = ["409"]
    page = visitor.open("shot/sequence_001/shot_002")
    prompt = page.get_by_label("Prompt", exact=True)
    eventually("the prompt", lambda: prompt.input_value())
    prompt.fill(prompt.input_value().replace("in the drizzle", "in thick snow"))
    film.replace(1, "in the drizzle", "in heavy rain")
    conflict = page.locator(".conflict:visible")
    conflict.wait_for()
    text_of(conflict.locator(".theirs"), "in heavy rain")
    text_of(conflict.locator(".mine"), "in thick snow")
    assert b"in thick snow" not in film.file(1).read_bytes()
    conflict.get_by_role("button", name="Write mine").click()
    eventually("mine", lambda: b"in thick snow" in film.file(1).read_bytes())
    conflict.wait_for(state="hidden")


def test_an_edit_that_the_watcher_refuses_shows_both_texts(film, visit):
    visitor = visit(film)
    visitor.expected = ["409"]
    page = visitor.open("shot/sequence_001/shot_002")
    prompt = page.get_by_label("Prompt", exact=True)
    eventually("the prompt", lambda: prompt.input_value())
    # The page is kept from hearing of the other edit, as if both had been saved in the same moment.
    page.route("**/api/shot?*", lambda route: route.abort())
    visitor.expected.append("ERR_FAILED")
    prompt.fill(prompt.input_value().replace("in the drizzle", "in thick snow"))
    film.replace(1, "in the drizzle", "in heavy rain")
    film.settle()
    page.keyboard.press("Control+Enter")
    conflict = page.locator(".conflict:visible")
    conflict.wait_for()
    text_of(conflict, "nothing was written")
    text_of(conflict.locator(".theirs"), "in heavy rain")
    text_of(conflict.locator(".mine"), "in thick snow")
    assert b"in heavy rain" in film.file(1).read_bytes() and b"in thick snow" not in film.file(1).read_bytes()
    conflict.get_by_role("button", name="Keep the file's").click()
    conflict.wait_for(state="hidden")
    assert "in heavy rain" in prompt.input_value()


def test_next_and_previous_shot(film, visit):
    page = visit(film).open("shot/sequence_001/shot_005")
    text_of(page.locator(".shot h2"), "shot_005")
    page.keyboard.press("n")
    text_of(page.locator(".shot h2"), "shot_006")
    page.keyboard.press("Shift+N")
    text_of(page.locator(".shot h2"), "shot_005")


def test_names_and_prompts_are_text_and_nothing_else(film, visit):
    bad = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    film.replace(1, "The letter", bad.replace('"', ""))
    film.replace(1, "Close-up on", bad + " Close-up on")
    film.settle()
    page = visit(film).open("shot/sequence_001/shot_002")
    text_of(page.locator(".shot h2"), bad)
    page.goto(page.url.split("#")[0] + "#/board")
    text_of(page.locator(".card").nth(1), bad)
    assert page.locator("img[src=x]").count() == 0


def test_a_note_and_saving_to_the_library(film, visit):
    visitor = visit(film)
    visitor.expected = ["409"]
    page = visitor.open("shot/sequence_001/shot_002")
    page.locator(".panel").get_by_role("button", name="This take").click()
    note = page.get_by_label("Note on this take")
    note.fill("the fog!")
    note.press("Enter")
    eventually("the note", lambda: any("the fog!" in text for text in ratings(film).values()))
    page.get_by_role("button", name="Save prompt").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Name").fill("mara")
    dialog.get_by_role("button", name="Save").click()
    text_of(dialog, "already")
    dialog.get_by_label("Name").fill("letter-look")
    dialog.get_by_role("button", name="Save").click()
    dialog.wait_for(state="hidden")
    saved = json.loads((film.folder / "library/letter-look.json").read_text())
    assert "weathered hands" in saved["prompt"]
