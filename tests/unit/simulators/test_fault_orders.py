"""Words let faults stand; each transport has its own."""

import re

import pytest

from simulators.console import Console, OrderError
from simulators.fault import STREAM_KINDS, FaultKind, FaultPlan
from simulators.fault_orders import Transport, modbus_orders, stream_orders
from simulators.smoke_detector import SmokeDetector
from tests.noted_port import NotedPort


def told(transport: Transport = Transport.SERIAL) -> tuple[Console, FaultPlan, NotedPort]:
    detector, port = SmokeDetector(), NotedPort()
    return Console(modbus_orders(detector, port, transport, lambda: 0)), detector.faults, port


SERIAL, TUNNEL, TCP = Transport.SERIAL, Transport.RTU_OVER_TCP, Transport.TCP


@pytest.mark.parametrize(
    ("line", "kind", "count", "transport"),
    [
        ("late 0.5 3", FaultKind.LATE, 3, SERIAL),
        ("late 0.5", FaultKind.LATE, None, TCP),
        ("exception 4 1", FaultKind.EXCEPTION, 1, TCP),
        ("unit 9", FaultKind.WRONG_UNIT, None, TUNNEL),
        ("early", FaultKind.EARLY, None, SERIAL),
        ("function 3", FaultKind.WRONG_FUNCTION, None, TCP),
        ("length 1", FaultKind.WRONG_LENGTH, 1, SERIAL),
        ("silent", FaultKind.SILENCE, None, SERIAL),
        ("checksum 2", FaultKind.WRONG_CHECKSUM, 2, TUNNEL),
        ("half 1", FaultKind.HALF_FRAME, 1, TCP),
        ("noise 1", FaultKind.NOISE, 1, SERIAL),
        ("transaction 1", FaultKind.WRONG_TRANSACTION, 1, TCP),
        ("disconnect 1", FaultKind.CONNECTION_RESET, 1, TCP),
        ("disconnect", FaultKind.CONNECTION_RESET, None, TUNNEL),
        ("twin collide 2", FaultKind.TWIN, 2, SERIAL),
        ("twin 0.3", FaultKind.TWIN, None, TCP),
        ("reboot", FaultKind.SILENCE, None, TUNNEL),
    ],
)
def test_faults_stand(line: str, kind: FaultKind, count: int | None, transport: Transport) -> None:
    console, plan, _ = told(transport)
    console.obey(line)
    assert [(one.kind, one.count) for one in plan.standing] == [(kind, count)]
    console.obey("heal")
    assert plan.standing == ()


@pytest.mark.parametrize(
    ("word", "transport"),
    [("disconnect", SERIAL), ("transaction", TUNNEL), ("checksum", TCP), ("early", TCP)],
)
def test_what_a_transport_can_not_spoil(word: str, transport: Transport) -> None:
    console, *_ = told(transport)
    with pytest.raises(OrderError, match="unknown order"):
        console.obey(word)


@pytest.mark.parametrize("transport", Transport)
def test_everything_can_be_unplugged(transport: Transport) -> None:
    console, _, port = told(transport)
    console.obey("unplug")
    console.obey("plug")
    assert port.seen == ["unplug", "plug"]


@pytest.mark.parametrize(
    ("line", "usage"),
    [
        ("late", "usage: late SECONDS"),
        ("late soon", "usage: late"),
        ("late 1 0", "usage: late"),
        ("unit 300", "usage: unit"),
        ("silent 1 2", "usage: silent"),
        ("twin", "usage: twin collide|SECONDS"),
        ("twin -1", "usage: twin"),
        ("reboot -1", "usage: reboot"),
        ("stuck", "usage: stuck on|off"),
    ],
)
def test_wrong_words_are_explained(line: str, usage: str) -> None:
    console, *_ = told()
    with pytest.raises(OrderError, match=re.escape(usage)):
        console.obey(line)


def test_what_befalls_a_unit() -> None:
    detector = SmokeDetector()
    console = Console(modbus_orders(detector, NotedPort(), SERIAL, lambda: 0))
    read = bytes.fromhex("02 00 00 00 04")
    console.obey("stuck on")
    detector.set_smoke(True)
    assert detector.answer(read, 0)[2] == 0b0001
    console.obey("heal")
    assert detector.answer(read, 0)[2] == 0b1101
    console.obey("twin 0.3 1")
    (fault,) = detector.faults.draw()
    assert fault.other is not None
    assert fault.other(read, 0)[2] == 0b0001, "the second is as the first was at the beginning"
    console.obey("reboot 2")
    assert [bool(detector.faults.draw(now=now)) for now in (1_999_999, 2_000_000)] == [True, False]


def stream(*, checksum: bool = True, answers: bool = True) -> tuple[Console, FaultPlan, NotedPort]:
    plan, port = FaultPlan(allowed=STREAM_KINDS), NotedPort()
    orders = stream_orders(
        plan, port, ["fall", "still"], start=b"\x01", checksum=checksum, answers=answers
    )
    return Console(orders), plan, port


@pytest.mark.parametrize(
    ("line", "kind", "only", "count"),
    [
        ("drop fall", FaultKind.SILENCE, "fall", 1),
        ("drop still 3", FaultKind.SILENCE, "still", 3),
        ("drop still always", FaultKind.SILENCE, "still", None),
        ("freeze fall", FaultKind.FROZEN, "fall", None),
        ("freeze fall 2", FaultKind.FROZEN, "fall", 2),
        ("late 0.8 1", FaultKind.LATE, "answer", 1),
        ("glue 1", FaultKind.GLUED, "", 1),
        ("split 13", FaultKind.SPLIT, "", 13),
        ("drip", FaultKind.DRIP, "", None),
        ("false-start 1", FaultKind.NOISE, "", 1),
        ("checksum 1", FaultKind.WRONG_CHECKSUM, "", 1),
        ("half 1", FaultKind.HALF_FRAME, "", 1),
        ("silent", FaultKind.SILENCE, "", None),
    ],
)
def test_faults_stand_at_a_stream(line: str, kind: FaultKind, only: str, count: int | None) -> None:
    console, plan, _ = stream()
    console.obey(line)
    assert [(one.kind, one.only, one.count) for one in plan.standing] == [(kind, only, count)]
    console.obey("heal")
    assert plan.standing == ()


def test_a_stream_s_frames_have_names() -> None:
    console, *_ = stream()
    for line in ("drop everything", "drop", "freeze rain", "drop fall no", "drop fall 0"):
        with pytest.raises(OrderError, match=r"usage: (drop|freeze)"):
            console.obey(line)


def test_a_stream_without_checksum_or_answers() -> None:
    console, plan, _ = stream(checksum=False, answers=False)
    console.obey("late 0.5")
    assert [one.only for one in plan.standing] == [""]
    with pytest.raises(OrderError, match="unknown order"):
        console.obey("checksum")
