"""At the end nobody waits for long: nothing unsent, no connection, or time is up."""

import sqlite3
from types import SimpleNamespace
from typing import cast

import pytest

from edge_agent.buffer.control import Control
from edge_agent.send_off import send_off
from edge_agent.uplink.publisher import Publisher
from tests.virtual_time import VirtualClock, run


class Answers:
    """A table of commands with so many answers to send; None: the disk fails."""

    def __init__(self, waiting: int | None) -> None:
        self.waiting = waiting

    async def unsent(self, limit: int) -> list[int]:
        if self.waiting is None:
            raise sqlite3.OperationalError("disk I/O error")
        return list(range(min(self.waiting, limit)))


@pytest.mark.parametrize(
    ("is_connected", "answers", "has_rows", "waits"),
    [
        (True, 0, False, False),
        (True, None, False, False),
        (False, 1, True, False),
        (True, 1, False, True),
        (True, 0, True, True),
    ],
)
def test_it_waits_only_while_there_is_something_to_send_and_a_way(
    *, is_connected: bool, answers: int | None, has_rows: bool, waits: bool
) -> None:
    publisher = SimpleNamespace(senders={"bulk": SimpleNamespace(has_unsent=has_rows)})

    async def sent_off() -> None:
        await send_off(
            SimpleNamespace(is_connected=is_connected),
            cast("Control", Answers(answers)),
            cast("Publisher", publisher),
            seconds=2.0,
        )
        assert (VirtualClock().mono_us() >= 2_000_000) is waits

    run(sent_off())
