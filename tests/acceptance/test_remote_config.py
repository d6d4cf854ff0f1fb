"""A configuration from afar with the real programs: taken, refused, diverged, decided on site."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from runtime.clock import SystemClock
from simulators.server_api import ApiError
from tests.acceptance.town import GATEWAY, Town, town

PATH = f"/v1/gateways/{GATEWAY}/config"


def watched(here: Town) -> str:
    """Lines and devices of the gateway's file, as its site wrote them."""
    text = here.stage.config_of(GATEWAY).read_text()
    return text[text.index("[lines.") :]


async def look(here: Town) -> dict[str, Any]:
    found: dict[str, Any] = await asyncio.to_thread(here.stage.api.get, PATH)
    return found


async def want(here: Town, toml: str, expected: str) -> int:
    body = {"toml": toml, "expected": expected, "actor": "desk", "comment": "why not"}
    found = await asyncio.to_thread(here.stage.api.put, PATH, body)
    return int(found["desired"]["version"])


async def settled(here: Town, version: int, state: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def is_so() -> bool:
        found.update(here.stage.api.get(PATH))
        desired = found["desired"]
        return bool(desired["version"] == version and desired["state"] == state)

    await here.until(is_so, f"version {version} is {state}: {found}")
    return found


async def in_force(here: Town, config_hash: str) -> None:
    await here.until(
        lambda: here.stage.api.get(PATH)["in_force"] == config_hash, "a birth with that hash"
    )


def line_of(status: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in status["lines"] if one["line"] == name)


def faster(text: str, device: str, period: str) -> str:
    """The device polled with another period."""
    head = f"[devices.{device}]\n"
    assert head in text
    return text.replace(head, f'{head}poll_period = "{period}"\n')


async def test_a_period_changes_from_afar_and_the_other_line_has_no_gap(tmp_path: Path) -> None:
    async with town(tmp_path, detectors=2, device_keys={"report": "always"}) as here:
        await here.all_heard()
        before = await look(here)
        assert before["desired"] is None
        status = await asyncio.to_thread(here.stage.status, GATEWAY)
        toml = faster(watched(here), "smoke-1", "250ms")
        version = await want(here, toml, before["in_force"])
        found = await settled(here, version, "applied")
        assert found["desired"]["config_hash"] != before["in_force"]
        await in_force(here, found["desired"]["config_hash"])
        events = [one["event"] for one in found["desired"]["events"]]
        assert events == ["asked", "published", "applied"]

        after = await asyncio.to_thread(here.stage.status, GATEWAY)
        assert after["epoch"] == status["epoch"]
        assert after["config"]["version"] == version
        assert line_of(after, "line-0")["opened"] == 1
        assert after["config"]["outcome"] == "applied"
        listed = await asyncio.to_thread(here.stage.api.get, "/v1/gateways")
        assert listed["items"][0]["config"] == {
            "version": version,
            "state": "applied",
            "withdrawn": False,
        }

        # the other line: every sample is reported, and no two are further apart than usual
        asked_us = SystemClock().utc_us()
        await here.until(
            lambda: times_of(here, "smoke-0")[-1] > asked_us + 3_000_000, "three seconds more"
        )
        times = times_of(here, "smoke-0")
        assert max(later - at for at, later in pairwise(times)) < 2_500_000
        await here.drained()


def times_of(here: Town, device: str) -> list[int]:
    """UTC microseconds of a device's readings in the store."""
    path = here.stage.folder / "server" / "store.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        rows = store.execute(
            "SELECT DISTINCT time_us FROM hot JOIN series ON series.id = hot.series"
            " WHERE device = ? AND point = 'smoke' ORDER BY time_us",
            (device,),
        )
        return [at_us for (at_us,) in rows] or [0]


async def test_a_bad_one_is_refused_and_the_old_one_runs_on_over_a_restart(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        await here.all_heard()
        base = (await look(here))["in_force"]
        with pytest.raises(ApiError, match="hash_mismatch"):
            await want(here, watched(here), "0" * 16)
        with pytest.raises(ApiError, match="only"):
            await want(here, 'mqtt.host = "evil"\n' + watched(here), base)
        rule = '[[devices.smoke-0.rules]]\nrule = "smoke"\nenabled = false\n'
        with pytest.raises(ApiError, match="switches_off"):
            await want(here, watched(here) + rule, base)

        # what only the gateway can know: two lines on one port
        doubled = watched(here) + "\n" + watched(here).replace("line-0]", "line-9]", 1)
        doubled = doubled.replace("[devices.smoke-0]", "[devices.smoke-9]", 1)
        version = await want(here, doubled, base)
        found = await settled(here, version, "rejected")
        assert "a port belongs to one line" in found["desired"]["detail"]
        assert (found["in_force"], found["desired"]["config_hash"]) == (base, base)

        # nor does a desk choose any file or host there
        mine = watched(here).split('port = "')[1].split('"')[0]
        version = await want(here, watched(here).replace(mine, "/dev/mem"), base)
        found = await settled(here, version, "rejected")
        assert "lines.line-0.port: is '/dev/mem'" in found["desired"]["detail"]
        assert "gateway.remote_ports" in found["desired"]["detail"]

        good = await want(here, faster(watched(here), "smoke-0", "300ms"), base)
        applied = (await settled(here, good, "applied"))["desired"]["config_hash"]
        here.agent.kill()
        here.agent.start()
        await here.until(
            lambda: here.stage.status(GATEWAY)["config_hash"] == applied, "it survives a kill"
        )


async def test_a_gateway_that_was_changed_on_site_keeps_its_own(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        await here.all_heard()
        base = (await look(here))["in_force"]
        first = await want(here, faster(watched(here), "smoke-0", "300ms"), base)
        remote = (await settled(here, first, "applied"))["desired"]["config_hash"]

        # a technician edits the file and reloads: the site's own counts
        file = here.stage.config_of(GATEWAY)
        file.write_text(faster(file.read_text(), "smoke-0", "400ms"))
        os.kill(here.agent.pid, signal.SIGHUP)
        found = await settled(here, first, "diverged")
        own = found["desired"]["config_hash"]
        assert own not in (base, remote)
        assert found["desired"]["detail"].splitlines()[1:] == [
            '- devices.smoke-0.poll_period = "300ms"',
            '+ devices.smoke-0.poll_period = "400ms"',
        ]
        await in_force(here, own)
        status = await asyncio.to_thread(here.stage.status, GATEWAY)
        assert (status["config"]["version"], status["config"]["outcome"]) == (None, "diverged")

        # made of what was before: diverged too; made of what is: taken
        with pytest.raises(ApiError, match="hash_mismatch"):
            await want(here, watched(here), remote)
        third = await want(here, faster(watched_as_base(here), "smoke-0", "500ms"), own)
        await settled(here, third, "applied")


def watched_as_base(here: Town) -> str:
    return watched(here).replace('poll_period = "400ms"\n', "")


async def test_what_was_wanted_is_withdrawn_also_while_the_gateway_is_away(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        await here.all_heard()
        base = (await look(here))["in_force"]
        nothing = await asyncio.to_thread(here.stage.api.delete, f"{PATH}?actor=desk")
        assert nothing["desired"] is None
        with pytest.raises(ApiError, match="not_found"):
            await asyncio.to_thread(here.stage.api.delete, "/v1/gateways/gw-9/config?actor=desk")

        first = await want(here, faster(watched(here), "smoke-0", "300ms"), base)
        applied = (await settled(here, first, "applied"))["desired"]["config_hash"]
        epoch = (await asyncio.to_thread(here.stage.status, GATEWAY))["epoch"]
        second = await withdraw(here)
        found = await settled(here, second, "applied")
        assert [one["event"] for one in found["desired"]["events"]] == [
            "withdraw", "published", "applied",
        ]  # fmt: skip
        assert (found["desired"]["withdrawn"], found["desired"]["config_hash"]) == (True, base)
        await in_force(here, base)
        status = await asyncio.to_thread(here.stage.status, GATEWAY)
        assert (status["epoch"], status["config"]["version"]) == (epoch, None)
        assert any("agent.toml alone is in force" in one["text"] for one in status["notices"])

        # once more, while it is down: the broker keeps it
        third = await want(here, faster(watched(here), "smoke-0", "300ms"), base)
        assert (await settled(here, third, "applied"))["desired"]["config_hash"] == applied
        here.agent.kill()
        fourth = await withdraw(here)
        await here.until(
            lambda: here.stage.api.get(PATH)["desired"]["sendings"] > 0, "it is published", 20
        )
        here.agent.start()
        await settled(here, fourth, "applied")
        await in_force(here, base)


async def withdraw(here: Town) -> int:
    found = await asyncio.to_thread(here.stage.api.delete, f"{PATH}?actor=desk&comment=as+it+was")
    return int(found["desired"]["version"])
