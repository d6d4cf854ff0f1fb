"""A real Chromium, headless, on pages of this machine."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without these it looks for servers of its maker all the time.
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 20_000


@dataclass
class Visit:
    """One tab, what it asked for, and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        def on_request(request: Request) -> None:
            self.asked.append(request.url)

        def on_console(message: ConsoleMessage) -> None:
            # that a fetch failed is the browser's own remark; the page has its own words for it
            if message.type == "error" and "Failed to load resource" not in message.text:
                self.complaints.append(message.text)

        self.page.on("request", on_request)
        self.page.on("console", on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def text(self, selector: str) -> str:
        return (await self.page.locator(selector).first.inner_text()).strip()

    async def sees(self, text: str) -> None:
        """Wait until the text is on the page."""
        await self.page.get_by_text(text).first.wait_for(timeout=PATIENCE_MS)

    async def sign_in(self, url: str, token: str) -> None:
        await self.page.goto(f"{url}/")
        await self.page.fill("#token", token)
        await self.page.keyboard.press("Enter")
        await self.page.locator("#status").wait_for(timeout=PATIENCE_MS)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Skips, naming the command, when there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no Chromium: apt-get install chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=[*_QUIET, *sandbox])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visit(browser: Browser, **options: Any) -> AsyncIterator[Visit]:
    """A tab of its own storage; `options` as Playwright's new_context knows them."""
    context = await browser.new_context(**{"locale": "en-GB", **options})
    made = Visit(await context.new_page())
    made.watch()
    try:
        yield made
    finally:
        await context.close()
