"""axe on every view in every surround, the tab order, and reduced motion."""

import pytest
from conftest import axe, text_of, until

# Each view, and what is there once it is filled.
VIEWS = {
    "board": ".card img", "contact": ".take img", "shot/sequence_001/shot_002": ".edits textarea", "replay": ".screen img[src]", "history": ".event", "library": ".sheet h3 a",
    "export": ".sum:not(:empty)",
}


@pytest.mark.parametrize("theme", ["dark", "grey", "light"])
def test_axe_finds_nothing(film, visit, theme):
    film.replace(1, "in the drizzle", "in heavy rain")
    film.settle()
    # One that waits, so that there is something to say about why.
    film.reel("pause")
    film.replace(1, "in heavy rain", "in light rain")
    film.replace(2, '"id": "shot_007",', '"id": "shot_007"')
    film.reel("sync")
    page = visit(film, theme=theme, bypass_csp=True).open()
    base = page.url.split("#")[0]
    faults = []
    page.keyboard.press("l")
    for view, filled in VIEWS.items():
        page.goto(f"{base}#/{view}")
        page.wait_for_selector(f"#main[data-view={view.split('/')[0]}]")
        page.wait_for_selector(f".view {filled} >> nth=0")
        faults += [f"{view}: {fault}" for fault in axe(page)]
        if view.startswith("shot"):
            for part, there in (("Why", ".panel del"), ("This take", ".panel .facts dd")):
                page.locator(".panel").get_by_role("button", name=part).click()
                page.wait_for_selector(f"{there} >> nth=0")
                faults += [f"{view}, {part}: {fault}" for fault in axe(page)]
            page.locator(".panel").get_by_role("button", name="Written").click()
    page.goto(f"{base}#/board")
    page.keyboard.press("?")
    faults += [f"keys: {fault}" for fault in axe(page)]
    page.keyboard.press("Escape")
    page.locator(".pill").click()
    faults += [f"engines: {fault}" for fault in axe(page)]
    page.keyboard.press("Escape")
    page.locator(".headline").click()
    page.locator(".problems li").first.wait_for()
    faults += [f"problems: {fault}" for fault in axe(page)]
    assert faults == [], "\n".join(faults)
    assert page.evaluate("document.documentElement.dataset.theme") == theme


def test_axe_finds_nothing_in_a_conflict_and_without_a_watcher(film, visit):
    visitor = visit(film, bypass_csp=True)
    visitor.expected = ["ERR_", "409"]
    page = visitor.open("shot/sequence_001/shot_002")
    prompt = page.get_by_label("Prompt", exact=True)
    until(page, "document.querySelector('#field-prompt').value !== ''")
    prompt.fill(prompt.input_value().replace("in the drizzle", "in thick snow"))
    film.replace(1, "in the drizzle", "in heavy rain")
    page.locator(".conflict:visible").wait_for()
    assert axe(page) == []
    # The new take is shown, so nothing is asked of a watcher that is stopping.
    film.settle()
    until(page, "document.querySelectorAll('.takes .cell[data-key]').length === 2")
    text_of(page.locator(".panel"), "its take was made by this recipe")
    film.watcher.stop()
    page.locator(".gone").wait_for()
    assert axe(page) == []


def test_the_surround_follows_the_system_and_can_be_chosen(film, visit):
    page = visit(film, color_scheme="light").open()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(243, 243, 243)"
    page.get_by_role("button", name="Grey").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(83, 83, 83)"
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(83, 83, 83)"


def test_every_surround_is_without_colour(film, visit):
    page = visit(film).open()
    for name in ("Dark", "Grey", "Light"):
        page.get_by_role("button", name=name).click()
        for selector in ("body", ".head", ".rail", ".pic"):
            colour = page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).backgroundColor")
            parts = [part for part in colour.strip("rgba()").split(", ")][:3]
            assert len(set(parts)) == 1, (name, selector, colour)


def test_everything_is_reached_by_tab_and_seen_when_it_is(page):
    page.evaluate("document.getElementById('skip').focus()")
    page.keyboard.press("Shift+Tab")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate("""(() => {
          const element = document.activeElement;
          if (!element || element === document.body) return null;
          const style = getComputedStyle(element);
          const box = element.getBoundingClientRect();
          const name = element.getAttribute('aria-label') || element.textContent.trim().slice(0, 30) || element.placeholder || element.tagName;
          const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
          return [name, ringed, box.width > 0 && box.height > 0, element.getAttribute('role')];
        })()""")
        if found is None or found in seen:
            break
        seen.append(found)
    names = [entry[0] for entry in seen]
    for wanted in ("Skip to the shots", "Search shots", "All", "Contact", "Keys and help", "Library", "Export", "Dark", "Size of the cards"):
        assert wanted in names, (wanted, names)
    assert sum(entry[3] == "gridcell" for entry in seen) == 1, "the grid is one tab stop"
    assert [entry for entry in seen if not entry[1] or not entry[2]] == []


def test_what_is_done_is_said_to_readers(page, film):
    page.keyboard.press("ArrowRight")
    page.keyboard.press("p")
    text_of(page.locator("#toasts[role=status]"), "Picked for shot_002")
    film.replace(1, "in the drizzle", "in heavy rain")
    text_of(page.locator("#live"), "shot_002 finished")


def test_reduced_motion_moves_nothing(film, visit):
    page = visit(film, reduced_motion="reduce").open()
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--quick').trim()") == "0s"
