"""Chromium as the browser tests use it: a page that keeps what the console said, and axe to judge it."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.async_api import Page, async_playwright, expect

from web.tools import build

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A busy machine is no fault of the page.
expect.set_options(timeout=15_000)
PHONE = (390, 844)
DESKTOP = (1280, 800)
# The colours of the last two rules are judged too; everything up to WCAG 2.2 AA.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(slots=True)
class Seat:
    """Somebody's page, and every error its console showed."""

    page: Page
    errors: list[str] = field(default_factory=list)

    async def violations(self) -> list[str]:
        """What axe finds on the page as it stands, one line each."""
        source = (build.WEB / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
        await self.page.evaluate(source)
        found: list[dict[str, Any]] = await self.page.evaluate(
            "values => axe.run({runOnly: values}).then(result => result.violations)", STANDARDS
        )
        return [
            f"{each['id']}: {node['html'][:160]} {node['failureSummary']}"
            for each in found
            for node in each["nodes"]
        ]


@asynccontextmanager
async def seat(
    *,
    size: tuple[int, int] = DESKTOP,
    scheme: Literal["dark", "light"] = "dark",
) -> AsyncIterator[Seat]:
    """A fresh browser with one page; builds the client first when its sources changed."""
    build.build()
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    assert binary, "the browser tests need Chromium: `apt-get install chromium`"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        try:
            width, height = size
            context = await browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
            )
            context.set_default_timeout(20_000)
            taken = Seat(await context.new_page())
            taken.page.on(
                "console",
                lambda message: (
                    taken.errors.append(message.text) if message.type in {"error", "warning"} else None
                ),
            )
            taken.page.on("pageerror", lambda error: taken.errors.append(str(error)))
            yield taken
        finally:
            await browser.close()
