"""Takes the pictures of the docs from the running product: `make pictures`.

Starts a hub with the shop in trouble (as `make demo INCIDENT=pool` does), joins it in a terminal and in a browser, and
keeps what both show.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support.shot import film, svg
from tests.support.terminal import Terminal

HERE = Path(__file__).parent
PORT = "7391"
WORD = "only for this picture"
BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
BROWSER += ["--disable-component-update", "--disable-sync"]


def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory(prefix="dt") as folder:
        environ = {
            **os.environ,
            "DEBUGTERM_DATA_DIR": f"{folder}/d",
            "XDG_CONFIG_HOME": f"{folder}/c",
            "PORT": PORT,
        }
        demo = subprocess.Popen(
            [
                _command("debugterm-server"),
                "dev",
                "--feed",
                "python -m examples.shop --incident pool --after 20",
            ],
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert demo.stdout is not None
            link = next(found for line in demo.stdout if (found := re.search(r"http://\S+#code=\S+", line)))
            _add_colleague(environ)
            _take(link[0], environ)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait()


def _add_colleague(environ: dict[str, str]) -> None:
    words = ["users", "add", "bo", "--role", "responder", "--password-stdin"]
    subprocess.run([_command("debugterm-server"), *words], env=environ, input=WORD, text=True, check=True)


def _take(link: str, environ: dict[str, str]) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="dark")
        page.goto(link.partition("#")[0])
        page.get_by_label("Name").fill("bo")
        page.get_by_label("Password").fill(WORD)
        page.keyboard.press("Enter")
        page.get_by_role("log").wait_for()
        argv = [_command("debugterm"), "connect", "local"]
        look = {**environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        with Terminal(argv, environ=look, columns=110, lines=30) as term:
            _story(term)
            (HERE / "terminal.svg").write_text(svg(term.screen, title="debugterm in a terminal"))
            _browser(page)
        browser.close()


def _story(term: Terminal) -> None:
    """From the first error to the culprit, in a few keys; kept as a film."""
    film_: list[tuple[str, float]] = []

    def keep(seconds: float) -> None:
        film_.append((svg(term.screen), seconds))

    def type_(text: str) -> None:
        for upto in range(4, len(text) + 4, 4):
            term.press(text[upto - 4 : upto])
            _wait(term, 0.2)
            keep(0.4)

    _wait(term, 15)
    keep(2)
    term.until(lambda text: " E " in text, seconds=60)
    _wait(term, 6)
    keep(2)
    for query in ("/level>=error", " service:pay"):
        if not query.startswith("/"):
            term.press("/")
        type_(query)
        term.press("\r")
        _wait(term, 4)
        keep(3)
    term.press("E")
    _wait(term, 0.5)
    keep(1.5)
    term.press("\r")
    _wait(term, 0.5)
    keep(5)
    term.press("\r")
    term.press("G")
    _wait(term, 0.5)
    type_("spay: the pool of connections to bank is exhausted")
    term.press("\r")
    _wait(term, 2)
    keep(4)
    (HERE / "incident.svg").write_text(film(film_, title="From the first error to the culprit"))


def _browser(page: Page) -> None:
    page.keyboard.press("2")
    page.wait_for_timeout(2_500)
    page.screenshot(path=str(HERE / "browser.png"))
    page.keyboard.press("1")
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(500)
    page.screenshot(path=str(HERE / "phone.png"))


def _wait(term: Terminal, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        term.pump(0.1)


def _command(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


if __name__ == "__main__":
    main()
