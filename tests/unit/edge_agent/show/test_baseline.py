"""Taking, showing and clearing baselines over the socket, and what a stopped agent left."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_agent.baseline.file import NAME, BaselineFile
from edge_agent.baseline.measure import Refused
from edge_agent.baseline.orders import doings
from edge_agent.exchange import Sample
from edge_agent.health_socket import served
from edge_agent.local_orders import NOT_UNDERSTOOD, Desk
from edge_agent.show.answer import Answer
from edge_agent.show.baseline import clear, show, take
from edge_agent.show.baseline_words import Words
from runtime.language import Language
from tests.baseline_gateway import AT_REST, Gateway
from tests.baseline_site import COVER, GAUGE, site, taken_cover

EN, ZH = Words(Language.EN), Words(Language.ZH)
GIVEN = {"device": COVER, "by": "Li Lei", "note": "after the works"}


async def health() -> bytes:
    return b"{}"


async def asked(gateway: Gateway, command: Callable[[], Answer], *rows: list[Sample]) -> Answer:
    """What the command says while the agent runs and the cover says `rows`."""
    desk = Desk(doings(gateway.keeper))
    async with (
        served(gateway.read.socket, health, desk.carry_out),
        asyncio.TaskGroup() as group,
    ):
        answer = group.create_task(asyncio.to_thread(command))
        said = group.create_task(gateway.says(COVER, *rows))
        await answer
        said.cancel()
    return answer.result()


async def test_it_is_taken_shown_taken_again_and_cleared(tmp_path: Path) -> None:
    config = site(tmp_path)
    gateway = Gateway(tmp_path, config)
    first = await asked(gateway, lambda: take(config, GIVEN, json=False, words=EN), *AT_REST)
    assert (first.code, first.complaints) == (0, ())
    assert "cover-1 tilt: (0.000, 0.100, 9.800), of 5 readings" in first.text
    assert "taken by Li Lei, 2026-11-21T" in first.text
    assert "before" not in first.text
    again = await asked(gateway, lambda: take(config, GIVEN, json=False, words=ZH), *AT_REST)
    assert "此前：(0.000, 0.100, 9.800)，相差 0 deg" in again.text
    shown = await asked(gateway, lambda: show(config, json=False, words=EN))
    assert shown.code == 1  # the gauge has none
    assert "taken here" in shown.text
    assert "after the works" in shown.text
    assert shown.complaints == (
        "gauge-1 distance has no baseline, it is not watched: edge-agent baseline take gauge-1",
    )
    cleared = await asked(gateway, lambda: clear(config, GIVEN, json=False, words=EN))
    assert (cleared.code, "is forgotten" in cleared.text) == (0, True)
    nothing = await asked(gateway, lambda: clear(config, GIVEN, json=True, words=EN))
    assert nothing.code == 1
    assert json.loads(nothing.text) == {"refused": "nothing_taken", "detail": COVER}


async def test_for_scripts(tmp_path: Path) -> None:
    config = site(tmp_path)
    gateway = Gateway(tmp_path, config)
    said = await asked(gateway, lambda: take(config, GIVEN, json=True, words=EN), *AT_REST)
    assert json.loads(said.text)["value"] == [0.0, 0.1, 9.8]
    shown = await asked(gateway, lambda: show(config, json=True, words=EN))
    found = json.loads(shown.text)["baselines"]
    assert [(one["device"], one["standing"]) for one in found] == [
        (COVER, "taken"),
        (GAUGE, "absent"),
    ]


@pytest.mark.parametrize(
    ("given", "code", "complaint"),
    [
        ({**GIVEN, "device": "cover-2"}, 2, "this gateway has no device cover-2"),
        ({**GIVEN, "point": "roll"}, 2, "no such point"),
        ({**GIVEN, "by": " "}, 2, "--by NAME"),
        (GIVEN, 1, "too few readings: 0 of 5"),
    ],
)
async def test_what_is_refused_says_why(
    tmp_path: Path, given: dict[str, str], code: int, complaint: str
) -> None:
    config = site(tmp_path)
    gateway = Gateway(tmp_path, config)
    said = await asked(gateway, lambda: take(config, given, json=False, words=EN))
    assert (said.code, said.text) == (code, "")
    assert complaint in said.complaints[0]


def test_of_a_stopped_agent_the_file_is_shown_and_nothing_is_taken(tmp_path: Path) -> None:
    config = site(tmp_path)
    BaselineFile(tmp_path).write((taken_cover(void="firmware was 1 and is 2"),))
    shown = show(config, json=False, words=EN)
    assert shown.code == 1
    assert "no agent answers" in shown.complaints[0]
    assert "VOID" in shown.text
    assert "firmware was 1 and is 2" in shown.text
    for command in (take, clear):
        said = command(config, GIVEN, json=False, words=ZH)
        assert (said.code, "无应答" in said.complaints[0]) == (1, True)
    (tmp_path / NAME).write_bytes(b"{")
    (tmp_path / f"{NAME}.copy").write_bytes(b"{")
    assert any("take them anew" in one for one in show(config, json=False, words=EN).complaints)


@pytest.mark.parametrize("reason", [*Refused, NOT_UNDERSTOOD])
def test_each_reason_has_words_in_both_languages(reason: str) -> None:
    assert EN(reason) != reason
    assert ZH(reason) not in (reason, EN(reason))


@pytest.mark.parametrize(
    ("given", "is_measured"),
    [
        (GIVEN, True),
        (GIVEN | {"point": "tilt"}, True),
        (GIVEN | {"device": "cover-9"}, False),
        (GIVEN | {"point": "battery"}, False),
    ],
)
async def test_somebody_has_to_keep_it_at_rest_only_when_it_is_measured(
    tmp_path: Path, given: dict[str, str], is_measured: bool
) -> None:
    config = site(tmp_path)
    gateway, said = Gateway(tmp_path, config), list[str]()
    answer = await asked(
        gateway, lambda: take(config, given, json=False, words=EN, announce=said.append), *AT_REST
    )
    assert (answer.code == 0) is is_measured
    assert [COVER in one and "leave it at rest" in one for one in said] == [True] * is_measured
