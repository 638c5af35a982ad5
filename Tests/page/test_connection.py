"""The event stream: restarts, tabs, and how little it takes."""

import signal

from conftest import text_of, until
from films import eventually, ratings


def test_the_page_comes_back_after_a_restart_of_the_watcher(film, visit):
    visitor = visit(film)
    visitor.expected = ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE"]
    page = visitor.open()
    film.watcher.stop(signal.SIGKILL)
    banner = page.locator(".gone")
    banner.wait_for()
    text_of(banner, "read-only")
    assert page.locator(".card[data-key]").count() == 11, "the last known state stays"
    page.keyboard.press("l")
    text_of(page.locator(".toast.bad"), "The watcher is gone")
    film.replace(1, "in the drizzle", "in heavy rain")
    film.watch()
    banner.wait_for(state="hidden")
    until(page, "[...document.querySelectorAll('.card')].some((card) => card.textContent.includes('in heavy rain'))")
    assert ratings(film) == {}
    page.keyboard.press("l")
    eventually("the rating", lambda: ratings(film))
    film.replace(1, "in heavy rain", "in light rain")
    until(page, "[...document.querySelectorAll('.card')].some((card) => card.textContent.includes('in light rain'))")


def test_tabs_share_one_stream_and_the_next_takes_over(film, visit):
    visitor = visit(film)
    streams = []
    visitor.context.on("request", lambda request: streams.append(request.url) if "/api/events" in request.url else None)
    first = visitor.open()
    second = visitor.open()
    third = visitor.open("contact")
    film.replace(1, "in the drizzle", "in heavy rain")
    for page in (first, second):
        until(page, "[...document.querySelectorAll('.card')].some((card) => card.textContent.includes('in heavy rain'))")
    until(third, "document.querySelectorAll('.take[data-key]').length === 12")
    # The page's first load is left for its route: only the stream that lives counts.
    leaders = [page.evaluate("window.reelLeads === true") for page in (first, second, third)]
    assert leaders == [True, False, False] and len(streams) == 1, (leaders, streams)
    first.close()
    eventually("a new leader", lambda: second.evaluate("window.reelLeads === true") or third.evaluate("window.reelLeads === true"))
    film.replace(1, "in heavy rain", "in light rain")
    until(second, "[...document.querySelectorAll('.card')].some((card) => card.textContent.includes('in light rain'))")
    until(third, "document.querySelectorAll('.take[data-key]').length === 13")
    assert len(streams) == 2, streams


def test_a_rating_in_one_tab_is_seen_in_the_other(film, visit):
    visitor = visit(film)
    first = visitor.open()
    second = visitor.open()
    first.bring_to_front()
    first.keyboard.press("l")
    second.wait_for_selector(".dots .liked")


def test_without_the_cookie_nothing_is_seen(film, browser):
    context = browser.new_context()
    page = context.new_page()
    host = film.address.split("/")[2]
    answer = page.goto(f"http://{host}/")
    assert answer.status == 401
    assert "reel open" in page.content()
    context.close()
