"""What every test of the page has: a film with its watcher, Chromium, and an eye on what must never happen."""

import os
import shutil
from pathlib import Path

import axe_playwright_python
import pytest
from films import Film, eventually
from playwright.sync_api import sync_playwright

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()

# Elements that moved although nobody did anything.
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.shifts.push([entry.value, ...entry.sources.map((source) => {
      const node = source.node;
      const name = node instanceof Element ? node.outerHTML.slice(0, 120) : String(node?.textContent).slice(0, 80);
      return `${name} ${JSON.stringify(source.previousRect)} -> ${JSON.stringify(source.currentRect)}`;
    })]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium")
    assert chromium, "there is no chromium; run scripts/setup test"
    with sync_playwright() as playwright:
        # Root may not use Chromium's sandbox; the page is our own.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


class Visitor:
    """A browser window, and what went wrong in it."""

    def __init__(self, browser, film, size=(1366, 768), theme=None, **options):
        self.film = film
        self.context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        self.context.add_init_script(WATCH_SHIFTS)
        if theme:
            self.context.add_init_script(f"localStorage.getItem('reel-theme') ?? localStorage.setItem('reel-theme', '{theme}')")
        self.errors = []
        self.hosts = set()
        self.pages = []
        # Messages that a test brings about itself, such as the browser's own about an answer with status 409.
        self.expected = []
        self.judged = False
        film.visitors.append(self)

    def open(self, route="board"):
        page = self.context.new_page()
        self.pages.append(page)
        page.set_default_timeout(60_000)
        page.on("console", lambda message: self.errors.append(f"{message.type}: {message.text} {message.location.get('url', '')}") if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(f"error: {error}"))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]) if request.url.startswith(("http", "ws")) else None)
        address = self.film.address
        self.host = address.split("/")[2]
        if len(self.pages) == 1:
            # The token is handed in, and a page with the cookie comes instead.
            page.goto(address)
            page.wait_for_selector("body[data-ready]", state="attached")
        page.goto(f"http://{self.host}/#/{route}")
        page.wait_for_selector(f"body[data-ready] #main[data-view={route.split('/')[0].split('?')[0]}]")
        return page

    def judge(self):
        """Fails for what must never happen. Only the first time."""
        if self.judged:
            return
        self.judged = True
        shifts = [shift for page in self.pages if not page.is_closed() for shift in page.evaluate("window.shifts ?? []")]
        self.context.close()
        errors = [error for error in self.errors if not any(word in error for word in self.expected)]
        assert errors == [], f"{errors}\n{self.film.story}"
        assert shifts == [], shifts
        assert self.hosts <= {self.host}, self.hosts


def end(film):
    """Windows are looked at while the film's watcher is still there."""
    try:
        for visitor in film.visitors:
            visitor.judge()
    finally:
        film.end()


@pytest.fixture
def film():
    film = Film.with_takes()
    film.watch()
    yield film
    end(film)


@pytest.fixture
def painted():
    """A film whose takes a slow program makes."""
    film = Film(engine="painter")
    film.watch()
    yield film
    end(film)


@pytest.fixture
def visit(browser):
    """Opens windows; what went wrong in them fails the test at its end."""
    visitors = []

    def open(film, **options):
        visitor = Visitor(browser, film, **options)
        visitors.append(visitor)
        return visitor

    yield open
    for visitor in visitors:
        visitor.judge()


@pytest.fixture
def page(film, visit):
    """The sample film's board."""
    return visit(film).open()


def axe(page):
    """What axe finds against a page, one line for each element."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [f"{rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary']}" for rule in found["violations"] for node in rule["nodes"]]


def until(page, condition, limit=60):
    """Waits until an expression is true in the page. (Playwright's own way needs `eval`, which the page's policy forbids.)"""
    eventually(condition, lambda: page.evaluate(condition), limit)


def text_of(locator, wanted, limit=60):
    """Waits until an element says it."""
    eventually(f"“{wanted}”", lambda: wanted in (locator.text_content() or ""), limit)
