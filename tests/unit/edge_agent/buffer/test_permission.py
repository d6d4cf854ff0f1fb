"""What may be carried out: the device, its allow-list, and how late it is."""

import pytest

from edge_agent.buffer.permission import OUTCOMES, WORDS, Came, Verdict, judge
from edge_agent.buffer.timebase import Timebase
from tests.shipped import PROFILES
from wire.command import TAKE_BASELINE, Command, CommandKind
from wire.envelope import ClockState

DEVICES = {"smoke-1": PROFILES["calectro_ug3"], "cover-1": PROFILES["witmotion_485"]}
NOW_US = 1_790_000_000_000_000
SET = Timebase(ClockState.SYNCHRONISED, NOW_US - 100_000_000, "b1", 100_000_000)
UNSET = Timebase(ClockState.UNSET, None, "b1", 100_000_000)
FRESH = Came("b1", 99_000)


def command(
    kind: CommandKind = CommandKind.ACTION,
    device: str | None = "smoke-1",
    action: str | None = "reset",
    expires: int | None = NOW_US + 1,
) -> Command:
    return Command("c-1", kind, "desk", device, action, expires)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (command(), Verdict.ALLOWED),
        (command(action="self_destruct"), Verdict.NOT_ALLOWED),
        (command(action=TAKE_BASELINE), Verdict.NOT_ALLOWED),
        (command(action=TAKE_BASELINE, device="cover-1"), Verdict.ALLOWED),
        (command(device="smoke-2"), Verdict.NO_DEVICE),
        (command(CommandKind.READ, action=None), Verdict.ALLOWED),
        (command(CommandKind.READ, device=None, action=None), Verdict.NO_DEVICE),
        (command(CommandKind.DIAGNOSTICS, None, None), Verdict.ALLOWED),
        (command(expires=NOW_US), Verdict.EXPIRED),
    ],
)
def test_with_the_clock_set(asked: Command, expected: Verdict) -> None:
    assert judge(asked, FRESH, SET, DEVICES) is expected


def test_a_gateway_without_the_time_refuses_what_expires_at_a_time() -> None:
    assert judge(command(), FRESH, UNSET, DEVICES) is Verdict.CLOCK_UNSET
    assert judge(command(expires=None), FRESH, UNSET, DEVICES) is Verdict.ALLOWED


@pytest.mark.parametrize("came", [Came("b1", 39_999), Came("b0", 99_000)])
def test_what_carries_no_expiry_is_good_for_a_minute_of_its_boot(came: Came) -> None:
    assert judge(command(expires=None), came, UNSET, DEVICES) is Verdict.EXPIRED


def test_every_refusal_has_an_outcome_and_words() -> None:
    assert set(OUTCOMES) == set(WORDS) == set(Verdict) - {Verdict.ALLOWED, Verdict.NOT_YET}
