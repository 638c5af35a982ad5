"""The board: cards, keys, filters, search."""

import json
import re

from conftest import text_of, until
from films import eventually, ratings, sidecars


def ids(page):
    """Shots that are shown, in their order."""
    return page.evaluate("[...document.querySelectorAll('.card')].filter((card) => card.offsetParent).sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top || a.getBoundingClientRect().left - b.getBoundingClientRect().left).map((card) => card.querySelector('.id').textContent)")


def focused(page):
    return page.evaluate("document.activeElement.querySelector('.id')?.textContent ?? document.activeElement.tagName")


def test_a_card_for_every_shot_in_the_order_of_the_film(page):
    assert ids(page) == [f"shot_{number:03}" for number in range(1, 12)]
    assert page.locator("h1").text_content() == "The Lighthouse Keeper"
    assert page.title() == "The Lighthouse Keeper"
    first = page.locator(".card").first
    text_of(first, "Harbour at dawn")
    text_of(first, "fresh")
    text_of(first, "5 s")
    until(page, "[...document.querySelectorAll('.card[data-key] .pic > img:first-child')].filter((image) => image.naturalWidth > 0).length === 11")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight")


def test_arrows_home_end_and_enter(page):
    assert focused(page) == "shot_001"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "shot_002"
    page.keyboard.press("ArrowDown")
    below = focused(page)
    assert below > "shot_005"
    page.keyboard.press("ArrowUp")
    assert focused(page) == "shot_002"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "shot_001"
    page.keyboard.press("Control+End")
    assert focused(page) == "shot_011"
    page.keyboard.press("Control+Home")
    assert focused(page) == "shot_001"
    page.keyboard.press("End")
    assert focused(page) == "shot_005"
    page.keyboard.press("Enter")
    page.wait_for_selector(".shot")
    assert "#/shot/sequence_001/shot_005" in page.url
    page.keyboard.press("Escape")
    page.wait_for_selector(".card")
    assert focused(page) == "shot_005", "focus comes back to where it was"


def test_rating_by_key_goes_on_to_the_next_and_stands_in_a_file(page, film):
    page.keyboard.press("l")
    assert focused(page) == "shot_002"
    page.keyboard.press("x")
    assert focused(page) == "shot_003"
    eventually("both ratings", lambda: sum(text.count('"value"') for text in ratings(film).values()) == 2)
    values = [json.loads(text) for text in ratings(film).values()]
    said = json.dumps(values)
    assert '"value": 1' in said and '"value": -1' in said, said
    page.wait_for_selector(".dots .liked")
    # U takes it back.
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("u")
    assert focused(page) == "shot_002"
    page.wait_for_selector(".dots .liked", state="detached")
    takes = film.json("takes", "shot_001")
    assert "mara@example.org" not in json.dumps(takes), takes


def test_p_picks(page, film):
    page.keyboard.press("ArrowRight")
    page.keyboard.press("p")
    assert focused(page) == "shot_003"
    eventually("the pick", lambda: '"pick"' in film.file(1).read_text())
    film.settle()
    assert re.search(r'"pick": \{\s*"still": "shot_002\.still-[0-9a-f-]+\.png"\s*\}', film.file(1).read_text()), film.file(1).read_text()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("u")
    eventually("no pick", lambda: '"pick"' not in film.file(1).read_text())


def test_h_holds_and_releases(page, film):
    before = film.file(1).read_bytes()
    page.keyboard.press("h")
    eventually("hold in the file", lambda: b'"hold": true' in film.file(1).read_bytes())
    page.wait_for_selector(".card .state [data-name=held]")
    page.keyboard.press("h")
    eventually("the file as it was", lambda: film.file(1).read_bytes() == before)


def test_keys_go_by_what_the_keys_before_them_did(page, film):
    before = film.file(1).read_bytes()
    for _ in range(3):
        for key in ("p", "ArrowLeft", "u", "ArrowLeft", "l", "ArrowLeft", "u", "ArrowLeft", "h", "h"):
            page.keyboard.press(key)
    # One after the other: once the last is done all others are.
    page.keyboard.press("x")
    eventually("the last rating", lambda: any('"value": -1' in text for text in ratings(film).values()))
    assert film.file(1).read_bytes() == before
    assert not any('"value": 1' in text for text in ratings(film).values())


def test_r_says_why_a_storyboard_is_not_taken_again(visit, film):
    visitor = visit(film)
    visitor.expected = ["409"]
    page = visitor.open()
    page.keyboard.press("r")
    text_of(page.locator(".toast.bad"), "no use for a seed")


def test_search_filters_and_escape_clears(page):
    page.keyboard.press("/")
    assert focused(page) == "INPUT"
    page.keyboard.type("trawler")
    until(page, "document.querySelectorAll('.card[data-key]').length < 11")
    found = ids(page)
    assert "shot_007" in found and "shot_001" not in found
    assert "q=trawler" in page.url
    page.keyboard.press("Enter")
    assert focused(page) == found[0]
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    until(page, "document.querySelectorAll('.card[data-key]').length === 11")
    assert focused(page).startswith("shot_")


def test_letters_are_text_while_one_types(page, film):
    page.keyboard.press("/")
    page.keyboard.type("lxpurch")
    film.settle()
    assert ratings(film) == {}
    assert page.locator("input[type=search]").input_value() == "lxpurch"


def test_chips_and_sequences(page, film):
    page.keyboard.press("l")
    page.wait_for_selector(".dots .liked")
    page.get_by_role("button", name="Liked").click()
    until(page, "document.querySelectorAll('.card[data-key]').length === 1")
    assert ids(page) == ["shot_001"] and "filter=liked" in page.url
    page.get_by_role("button", name="Unrated").click()
    until(page, "document.querySelectorAll('.card[data-key]').length === 10")
    page.get_by_role("button", name="Failed").click()
    text_of(page.locator(".view .empty"), "Nothing matches")
    page.get_by_role("button", name="All", exact=True).click()
    page.locator(".rail .entry", has_text="The Lamp Room").click()
    until(page, "document.querySelectorAll('.card[data-key]').length === 6")
    assert ids(page)[0] == "shot_006"
    page.go_back()
    until(page, "document.querySelectorAll('.card[data-key]').length === 11")


def test_an_edit_in_the_editor_appears(page, film):
    film.replace(1, "in the drizzle", "in heavy rain")
    until(page, "[...document.querySelectorAll('.card')].some((card) => card.textContent.includes('in heavy rain'))")
    film.settle()
    card = page.locator(".card", has_text="shot_002")
    until(page, "document.querySelectorAll('.card')[1].querySelectorAll('.dots i').length === 2")
    text_of(card, "fresh")
    assert len(sidecars(film)) == 12


def test_a_file_that_cannot_be_read_is_told_with_its_place_and_moves_nothing(page, film):
    film.replace(1, '"duration": 3.5,', '"duration": 3.5')
    headline = page.locator(".headline")
    headline.wait_for()
    text_of(headline, "sequences/sequence_001.json:20:22")
    headline.click()
    problem = page.locator(".problems li").first
    text_of(problem, '"duration": 3.5')
    text_of(problem, "add a comma here")
    assert "shot_002" in ids(page), "its shots stay in their places"
    text_of(page.locator(".card", has_text="shot_002"), "frozen")
    # Loaded anew, and in a window of its own, they are there as well, with their words and takes.
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert ids(page) == [f"shot_{number:03}" for number in range(1, 12)]
    text_of(page.locator(".grid").first, "Arrival")
    card = page.locator(".card", has_text="shot_002")
    text_of(card, "The letter")
    text_of(card, "frozen")
    text_of(card, "1 take")
    until(page, "document.querySelectorAll('.card')[1].querySelector('.dots i.used')")
    until(page, "document.querySelectorAll('.card')[1].querySelector('.pic > img').naturalWidth > 0")
    # A rating finds its way.
    card.click()
    page.keyboard.press("l")
    page.wait_for_selector(".card:has-text('shot_002') .dots .liked")
    card.dblclick()
    text_of(page.locator(".shot h2"), "shot_002")
    text_of(page.locator("figcaption").first, "take 1 of 1")
    page.keyboard.press("Escape")
    page.wait_for_selector(".card")
    film.replace(1, '"duration": 3.5', '"duration": 3.5,')
    headline.wait_for(state="hidden")
    text_of(page.locator(".card", has_text="shot_002"), "fresh")


def test_help_lists_the_keys(page):
    page.keyboard.press("?")
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    text_of(dialog, "flick with the pick")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert focused(page) == "shot_001"


def test_letters_can_be_switched_off(page, film):
    page.keyboard.press("?")
    page.get_by_label("Single letters").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "shot_002"
    film.settle()
    assert ratings(film) == {}


def test_the_rail_folds(page):
    width = page.evaluate("document.querySelector('.grid').clientWidth")
    page.keyboard.press("[")
    until(page, f"document.querySelector('.grid').clientWidth > {width} + 150")
    assert page.get_by_label("Sequences and inbox", exact=True).get_attribute("aria-expanded") == "false"
    page.keyboard.press("[")
    until(page, f"document.querySelector('.grid').clientWidth === {width}")
