"""The status page in a real Chromium on the real server: what a person sees and does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser
from playwright.async_api import Error as BrowserError

from tests.acceptance.town import GATEWAY, Town, town
from tests.browser import PATIENCE_MS, Visit, chromium, visit

HOSTILE = "<img src=x onerror=window.hostile=1> 车棚 \"'&amp;"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


def token_of(here: Town) -> str:
    return (here.stage.folder / "server" / "api.token").read_text().strip()


async def enter(here: Town, tab: Visit) -> None:
    await tab.sign_in(here.stage.api.url, token_of(here))


async def order_by_keyboard(tab: Visit, action: str, name: str | None) -> None:
    """No mouse: focus the button, Enter, the name, Enter."""
    await tab.page.focus(f"[data-action={action}]")
    await tab.page.keyboard.press("Enter")
    await tab.page.locator("#order").wait_for(timeout=PATIENCE_MS)
    if name is not None:
        assert await tab.page.evaluate("document.activeElement.id") == "actor"
        await tab.page.keyboard.type(name)
    await tab.page.keyboard.press("Enter")
    await tab.page.locator("#order").wait_for(state="hidden", timeout=PATIENCE_MS)


def assert_kept_to_itself(here: Town, tab: Visit) -> None:
    """Nothing from elsewhere, no complaint of policy or script, the token in no address or log."""
    home = urlsplit(here.stage.api.url).netloc
    assert {urlsplit(url).netloc for url in tab.asked} == {home}
    assert not [url for url in tab.asked if token_of(here) in url]
    assert token_of(here) not in here.stage.server.log.read_text().partition("\n")[2]
    assert tab.complaints == []


async def test_an_alarm_appears_is_acknowledged_and_reset(tmp_path: Path, browser: Browser) -> None:
    async with town(tmp_path) as here, visit(browser) as tab:
        await here.all_heard()
        await enter(here, tab)
        await tab.sees("No open alarms.")
        await tab.sees("gw-001")
        here.detectors[0].set_smoke(True)
        await tab.page.locator(".alarm.critical.active").wait_for(timeout=PATIENCE_MS)
        assert await tab.text(".alarm h3") == "Smoke detected"
        assert await tab.text(".alarm-state") == "Active, not acknowledged"
        assert await tab.text(".alarm .where") == "smoke-0 · Xinhua Street 1"
        assert "Smoke detected" in await tab.text("#spoken")
        assert await tab.page.title() == "(1) Lifeline"

        await order_by_keyboard(tab, "acknowledge", "Li Wei")
        await tab.sees("Active, acknowledged")
        (alarm,) = await asyncio.to_thread(lambda: here.stage.api.get("/v1/alarms")["items"])
        assert (alarm["state"]["acknowledged"], alarm["actor"]) == (True, "Li Wei")
        assert await tab.page.locator("[data-action]").count() == 0

        here.detectors[0].set_smoke(False)
        here.detectors[0].reset()
        await tab.sees("Over, waits for reset")
        await order_by_keyboard(tab, "reset", None)
        await tab.sees("No open alarms.")
        assert_kept_to_itself(here, tab)


async def test_hostile_names_are_text_in_both_languages(tmp_path: Path, browser: Browser) -> None:
    async with (
        town(tmp_path, radar=True, device_keys={"name": HOSTILE}) as here,
        visit(browser, locale="zh-CN", viewport=PHONE) as tab,
    ):
        await here.all_heard()
        here.detectors[0].set_smoke(True)
        await enter(here, tab)
        await tab.sees("检测到烟雾")
        await tab.page.locator(".device.in-alarm").wait_for(timeout=PATIENCE_MS)
        await order_by_keyboard(tab, "acknowledge", HOSTILE)
        await tab.sees("报警中，已确认")
        for language, words in (("zh-CN", "烟雾报警"), ("en", "Smoke alarm")):
            assert await tab.page.get_attribute("html", "lang") == language
            await tab.sees(words)
            assert (await tab.text(".alarm .where")).startswith(HOSTILE)
            assert await tab.text(".device.in-alarm h3") == HOSTILE
            assert await tab.text(".fact.actor") == HOSTILE
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not await tab.page.evaluate(wide)
            await tab.page.click("#language")
        assert await tab.page.evaluate("[document.images.length, window.hostile ?? 0]") == [0, 0]
        assert_kept_to_itself(here, tab)


@pytest.mark.slow
async def test_silence_is_shown_and_not_taken_for_safety(tmp_path: Path, browser: Browser) -> None:
    async with town(tmp_path, gateway_silent="12s") as here, visit(browser) as tab:
        await here.all_heard()
        await enter(here, tab)
        await tab.sees("Smoke alarm")
        here.stage.server.freeze()
        await tab.sees("Silence is not safety")
        assert await tab.text("#link") == "No answer"
        assert "0.55" in await tab.page.evaluate(
            "getComputedStyle(document.querySelector('.device-list')).opacity"
        )
        here.stage.server.thaw()
        await tab.page.locator("#banner").wait_for(state="hidden", timeout=PATIENCE_MS)
        assert await tab.text("#link") == "Connected"

        here.agent.kill()
        await tab.page.locator(".gateway.silent").wait_for(timeout=2 * PATIENCE_MS)
        await tab.page.locator("tr.stale").first.wait_for(timeout=PATIENCE_MS)
        await tab.sees("not current")
        await tab.sees("Gateway is silent")


async def test_only_the_token_opens_and_nothing_is_read_as_html(
    tmp_path: Path, browser: Browser
) -> None:
    async with town(tmp_path, gateways=False) as here, visit(browser) as tab:
        await tab.page.goto(f"{here.stage.api.url}/")
        assert await tab.page.evaluate("document.activeElement.id") == "token"
        for wrong in ("wrong", "wröng"):
            await tab.page.fill("#token", wrong)
            await tab.page.keyboard.press("Enter")
            await tab.sees("does not know this token")
            assert await tab.page.locator("#status").is_hidden()
        await enter(here, tab)
        await tab.sees("No gateway has been heard yet.")
        await tab.sees("No device has been named yet.")
        stored = "JSON.stringify([localStorage, document.cookie, location.href])"
        assert token_of(here) not in await tab.page.evaluate(stored)
        with pytest.raises(BrowserError, match="TrustedHTML"):
            await tab.page.evaluate("document.body.innerHTML = '<b>x</b>'")
        await tab.page.reload()
        await tab.page.locator("#status").wait_for(timeout=PATIENCE_MS)
        await tab.page.click("#sign-out")
        assert await tab.page.evaluate("sessionStorage.getItem('lifeline-token')") is None
        assert await tab.page.locator("#sign-in").is_visible()


async def test_every_word_is_in_both_languages(tmp_path: Path, browser: Browser) -> None:
    async with town(tmp_path, gateways=False) as here, visit(browser) as tab:
        await tab.page.goto(f"{here.stage.api.url}/")
        words = await tab.page.evaluate("import('/page/words.js').then((m) => m.WORDS)")
        named = await tab.page.evaluate(
            "[...document.querySelectorAll('[data-word]')].map((one) => one.dataset.word)"
        )
    assert {len(both) for both in words.values()} == {2}
    assert all(text.strip() for both in words.values() for text in both)
    fields = {word: [text.count("{") for text in both] for word, both in words.items()}
    assert not [word for word, (english, chinese) in fields.items() if english != chinese]
    assert set(named) <= words.keys()


async def test_a_configuration_without_an_answer_is_shown(tmp_path: Path, browser: Browser) -> None:
    async with town(tmp_path) as here, visit(browser) as tab:
        await here.all_heard()
        await enter(here, tab)
        await tab.sees("Smoke alarm")
        here.agent.kill()
        path = f"/v1/gateways/{GATEWAY}/config"
        found = await asyncio.to_thread(here.stage.api.get, path)
        text = here.stage.config_of(GATEWAY).read_text()
        wanted = {
            "toml": text[text.index("[lines.") :],
            "expected": found["in_force"],
            "actor": "desk",
        }
        await asyncio.to_thread(here.stage.api.put, path, wanted)
        await tab.sees("no answer yet")
