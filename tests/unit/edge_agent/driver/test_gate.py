import pytest

from alarm_rules.rule import Words
from device_profiles.model import Gate, Point, ValueKind
from edge_agent.driver.decode import Decoded
from edge_agent.driver.gate import bounded, gated
from wire.quality import Limit, Quality, Reason, bad, uncertain

TITLE = Words(en="Level", zh="水位")
TOO_HIGH = bad(Reason.OUT_OF_RANGE, Limit.HIGH)
WARM = Gate(
    point="state",
    equals="normal",
    otherwise=Reason.DEVICE_FAULT,
    reasons={"warm_up": Reason.WARM_UP},
)
PRESENT = Gate(point="presence", equals=True, otherwise="nobody", saturated_passes=True)
POINT = Point(
    id="level",
    value=ValueKind.NUMBER,
    title=TITLE,
    unit="m",
    valid_when=(WARM, PRESENT),
    ceiling="height",
)
OPEN = {"state": Decoded("normal"), "presence": Decoded(value=True)}


def test_open_gates_let_the_value_be_as_it_is() -> None:
    doubted = Decoded(1.0, uncertain(Reason.STALE))
    assert gated(POINT, doubted, OPEN) == doubted


@pytest.mark.parametrize(
    ("known", "quality"),
    [
        ({**OPEN, "state": Decoded("warm_up")}, bad(Reason.WARM_UP)),
        ({**OPEN, "state": Decoded("other")}, bad(Reason.DEVICE_FAULT)),
        ({**OPEN, "state": Decoded(None, bad("x"))}, bad(Reason.DEVICE_FAULT)),
        ({**OPEN, "presence": Decoded(value=False)}, bad("nobody")),
        ({**OPEN, "presence": Decoded(1.0)}, bad("nobody")),
        ({"presence": Decoded(value=True)}, bad(Reason.NEVER_READ)),
        ({"state": Decoded("normal")}, bad(Reason.NEVER_READ)),
    ],
)
def test_a_gate_that_is_not_open_says_why(known: dict[str, Decoded], quality: Quality) -> None:
    assert gated(POINT, Decoded(1.0), known) == Decoded(None, quality)


def test_what_is_pinned_high_passes_a_gate_that_lets_it() -> None:
    pinned = Decoded(None, TOO_HIGH)
    assert gated(POINT, pinned, {"state": Decoded("normal")}) == pinned
    assert gated(POINT, pinned, {"state": Decoded("warm_up")}) == Decoded(None, bad("warm_up"))


@pytest.mark.parametrize(
    ("height", "quality"),
    [
        (None, bad(Reason.NEVER_READ)),
        (Decoded(None, bad(Reason.SENSOR_FAULT)), bad(Reason.CONFIGURATION)),
        (Decoded(0.0), bad(Reason.CONFIGURATION)),
        (Decoded(1.9), TOO_HIGH),
    ],
)
def test_above_a_ceiling_or_without_one_nothing_is_believed(
    height: Decoded | None, quality: Quality
) -> None:
    known = {} if height is None else {"height": height}
    assert bounded(POINT, Decoded(2.0), known) == Decoded(None, quality)


def test_up_to_the_ceiling_all_is_well() -> None:
    assert bounded(POINT, Decoded(2.0), {"height": Decoded(2.0)}) == Decoded(2.0)
    silent = Decoded(None, bad(Reason.SENSOR_FAULT))
    assert bounded(POINT, silent, {}) == silent
