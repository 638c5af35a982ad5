"""Ten thousand takes: few elements, all of them reached. Times are measured by the benchmarks."""

import shutil

import pytest
from conftest import text_of, until
from films import Film, eventually
from many_takes import frames, write

COUNT = "document.querySelectorAll('[role=row]').length"
CELLS = "document.querySelectorAll('[role=gridcell]').length"


@pytest.fixture(scope="module")
def long_film():
    film = Film()
    shutil.rmtree(film.folder)
    write(film.folder, frames(192), alike=True)
    status = film.json("status")
    assert status["shots"]["fresh"] == 250, status["shots"]
    film.watch()
    yield film
    film.end()


def test_ten_thousand_takes_are_few_elements(long_film, visit):
    page = visit(long_film).open("contact")
    text_of(page.locator(".bar"), "10,000 takes")
    assert 0 < page.evaluate(COUNT) < 300
    assert 0 < page.evaluate(CELLS) < 300
    until(page, "[...document.querySelectorAll('.take img')].some((image) => image.naturalWidth > 0)")
    # From the first to the last, screen by screen.
    most = page.evaluate("""async () => {
      const grid = document.querySelector('.view .grid');
      let most = [0, 0];
      for (let top = 0; top < grid.scrollHeight; top += grid.clientHeight * 3) {
        grid.scrollTop = top;
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        const seen = [...grid.querySelectorAll('[role=row]')].filter((row) => !row.hidden && row.getBoundingClientRect().bottom > 0 && row.getBoundingClientRect().top < innerHeight);
        if (seen.length === 0) throw new Error(`nothing at ${top}`);
        most = [Math.max(most[0], document.querySelectorAll('[role=row]').length), Math.max(most[1], document.querySelectorAll('[role=gridcell]').length)];
      }
      return most;
    }""")
    assert most[0] < 300 and most[1] < 300, most
    page.keyboard.press("Control+End")
    eventually("the last take", lambda: page.evaluate("document.activeElement.getAttribute('role') === 'gridcell' && document.activeElement.textContent.includes('shot_0250')"))
    page.keyboard.press("Control+Home")
    eventually("the first take", lambda: page.evaluate("document.activeElement.textContent.includes('shot_0001')"))


def test_rating_keeps_the_place(long_film, visit):
    page = visit(long_film).open("contact")
    page.keyboard.press("Control+End")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    place = page.evaluate("document.querySelector('.view .grid').scrollTop")
    before = page.evaluate("document.activeElement.dataset.key")
    page.keyboard.press("l")
    page.wait_for_selector(f'[data-key="{before}"] [data-name=like]')
    assert page.evaluate("document.activeElement.dataset.key") != before
    assert abs(page.evaluate("document.querySelector('.view .grid').scrollTop") - place) < 200


def test_the_board_and_search(long_film, visit):
    page = visit(long_film).open("board")
    assert 0 < page.evaluate(COUNT) < 300
    page.keyboard.press("/")
    page.keyboard.type("view 137")
    until(page, "document.querySelectorAll('.card[data-key]').length === 1")
    text_of(page.locator(".card[data-key]").first, "shot_0137")
