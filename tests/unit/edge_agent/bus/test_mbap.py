"""Modbus TCP frames, and a line on a real socket: no reply of another transaction is believed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.bus.line import Line, LineSettings
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.modbus import Verdict
from edge_agent.bus.tcp_port import TcpSettings
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.exchange import Failure, Fault, Read, Reply, Request, Table, Write
from runtime.clock import SystemClock
from simulators.fault import (
    connection_reset,
    early,
    exception,
    half_frame,
    late,
    silence,
    wrong_function,
    wrong_length,
    wrong_transaction,
    wrong_unit,
)
from simulators.mbap import pack
from simulators.modbus_tcp import ModbusTcp, RtuOverTcp
from simulators.smoke_detector import SmokeDetector
from simulators.wire_time import WireFormat
from tests.patience import until

MS = 1_000
TIMEOUT_US = 150 * MS
PATIENT_US = 2_000 * MS
LATE_MAX_US = 150 * MS
CLOCK = SystemClock()
LEVEL = Read(3, Table.HOLDING_REGISTERS, 0, 1)
BITS = Read(1, Table.DISCRETE_INPUTS, 0, 10)
RESET = Write(1, 0, 234)


def test_a_request_is_header_and_pdu_and_each_has_a_number_of_its_own() -> None:
    framing = MbapFraming()
    assert framing.encode(LEVEL) == bytes.fromhex("0001 0000 0006 03 03 0000 0001")
    assert framing.encode(RESET) == bytes.fromhex("0002 0000 0006 01 06 0000 00EA")


def test_numbers_begin_anew_after_the_last() -> None:
    framing = MbapFraming(0xFFFF)
    assert [framing.encode(LEVEL)[:2] for _ in range(2)] == [b"\xff\xff", b"\x00\x00"]


@pytest.mark.parametrize(
    "request_", [Read(0, Table.COILS, 0, 1), Read(1, Table.HOLDING_REGISTERS, 0, 126)]
)
def test_what_no_frame_can_carry_is_refused_and_takes_no_number(request_: Request) -> None:
    framing = MbapFraming()
    with pytest.raises(ValueError, match=r"\d"):
        framing.encode(request_)
    assert framing.encode(LEVEL)[:2] == b"\x00\x01"


@pytest.mark.parametrize(
    ("request_", "pdu", "words"),
    [
        (LEVEL, b"\x03\x02\x01\x23", (0x123,)),
        (BITS, b"\x02\x02\x01\x02", (1, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
        (RESET, b"\x06\x00\x00\x00\xea", (234,)),
    ],
)
def test_the_reply_is_taken(request_: Request, pdu: bytes, words: tuple[int, ...]) -> None:
    framing = MbapFraming()
    sent = framing.encode(request_)
    reply = pack(1, request_.unit, pdu)
    found = framing.match(reply + b"\x00", request_, sent)
    assert (found.verdict, found.words, found.end) == (Verdict.REPLY, words, len(reply))
    assert framing.reply_length(request_) == len(reply)


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        (b"", Verdict.SILENCE),
        (pack(1, 3, b"\x03\x02\x01\x23")[:-1], Verdict.INCOMPLETE),
        (pack(1, 3, b"\x03\x02\x01\x23")[:3], Verdict.INCOMPLETE),
        (pack(2, 3, b"\x03\x02\x01\x23"), Verdict.WRONG_TRANSACTION),
        (pack(1, 4, b"\x03\x02\x01\x23"), Verdict.WRONG_UNIT),
        (pack(1, 3, b"\x04\x02\x01\x23"), Verdict.WRONG_FUNCTION),
        (pack(1, 3, b"\x84\x02"), Verdict.WRONG_FUNCTION),
        (pack(1, 3, b"\x83\x02\x00"), Verdict.WRONG_LENGTH),
        (pack(1, 3, b"\x03\x04\x01\x23\x00\x00"), Verdict.WRONG_LENGTH),
        (pack(1, 3, b"\x03\x04\x01\x23"), Verdict.WRONG_LENGTH),
        (b"\x00\x01\x00\x01\x00\x05\x03\x03\x02\x01\x23", Verdict.NOISE),
        (b"\x00\x01\x00\x00\x00\x02\x03\x03\x02\x01\x23", Verdict.NOISE),
        (b"\x00\x01\x00\x00\x01\x00\x03\x03\x02\x01\x23", Verdict.NOISE),
    ],
)
def test_what_is_not_the_reply_is_refused_by_name(heard: bytes, verdict: Verdict) -> None:
    framing = MbapFraming()
    assert framing.match(heard, LEVEL, framing.encode(LEVEL)).verdict is verdict


def test_late_replies_before_it_are_skipped_whole_and_named() -> None:
    framing = MbapFraming(7)
    sent = framing.encode(LEVEL)
    heard = pack(6, 9, b"\x03\x02\xff\xff") + pack(7, 3, b"\x83\x02")
    found = framing.match(heard, LEVEL, sent)
    assert (found.verdict, found.code, found.stale) == (Verdict.EXCEPTION, 2, (9,))
    assert framing.stale_units(heard + b"\x00") == (9, 3)


@given(
    st.sampled_from([Read(3, Table.HOLDING_REGISTERS, 0, 2), Read(3, Table.INPUT_REGISTERS, 9, 1)]),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 255)), max_size=3),
    st.integers(-2, 2),
)
def test_a_reply_that_comes_alone_is_judged_as_behind_another(
    request_: Read, changes: list[tuple[int, int]], longer: int
) -> None:
    framing = MbapFraming(7)
    sent = framing.encode(request_)
    function = 3 if request_.table is Table.HOLDING_REGISTERS else 4
    size = 2 * request_.count
    reply = bytearray(pack(7, 3, bytes((function, size, *range(size)))))
    for place, value in changes:
        if place < len(reply):
            reply[place] = value
    alone = bytes(reply[: len(reply) + longer]) + bytes(max(longer, 0))
    foreign = pack(6, 9, b"\x03\x02\xff\xff")
    found = framing.match(alone, request_, sent)
    behind = framing.match(foreign + alone, request_, sent)
    said = (found.words, found.code, found.size, found.stale)
    assert said == (behind.words, behind.code, behind.size, behind.stale[1:])
    if alone:
        assert found.verdict is behind.verdict
    if found.words:
        assert found.end == behind.end - len(foreign)


@given(st.binary(max_size=64))
def test_any_bytes_get_a_verdict_and_never_a_value_of_another_transaction(heard: bytes) -> None:
    framing = MbapFraming(0xBEEF)
    found = framing.match(heard, LEVEL, framing.encode(LEVEL))
    assert found.verdict in Verdict
    assert not found.words or heard[:2] == b"\xbe\xef" or b"\xbe\xef" in heard


@pytest.fixture
def units() -> dict[int, SmokeDetector]:
    return {number: SmokeDetector(number) for number in (1, 2, 255)}


@pytest.fixture
def server(units: dict[int, SmokeDetector]) -> Iterator[ModbusTcp]:
    with ModbusTcp(units.values()) as running:
        yield running


@pytest.fixture
def converter(units: dict[int, SmokeDetector]) -> Iterator[RtuOverTcp]:
    with RtuOverTcp(units.values(), WireFormat(baud=57_600)) as running:
        yield running


@asynccontextmanager
async def connected(server: ModbusTcp) -> AsyncIterator[Line]:
    place = TcpSettings(server.host, server.port)
    async with Line(LineSettings("hall", place, settle_us=0, framing=MbapFraming()), CLOCK) as line:
        yield line


@asynccontextmanager
async def tunnelled(converter: RtuOverTcp, baud: int = 57_600) -> AsyncIterator[Line]:
    place = TcpSettings(converter.host, converter.port, SerialFormat(baud))
    async with Line(LineSettings("hall", place, settle_us=0), CLOCK) as line:
        yield line


def status_of(unit: int) -> Read:
    return Read(unit, Table.DISCRETE_INPUTS, 0, 4)


async def ask(line: Line, request: Request, timeout_us: int = TIMEOUT_US) -> Reply | Failure:
    return await line.exchange(request, timeout_us=timeout_us, late_max_us=LATE_MAX_US)


async def words(line: Line, request: Request) -> tuple[int, ...]:
    reply = await ask(line, request, PATIENT_US)
    assert isinstance(reply, Reply), reply
    return reply.words


async def fault(line: Line, request: Request) -> Fault:
    failure = await ask(line, request)
    assert isinstance(failure, Failure), failure
    return failure.fault


async def test_reads_and_writes_over_tcp(
    server: ModbusTcp, units: dict[int, SmokeDetector]
) -> None:
    async with connected(server) as line:
        units[255].set_smoke(True)
        assert await words(line, status_of(1)) == (1, 0, 0, 0)
        assert await words(line, status_of(255)) == (1, 0, 1, 1)
        assert await words(line, Write(1, 0, 234)) == (234,)
        assert line.health().is_open


async def test_a_late_reply_over_tcp_finds_nobody_waiting(
    server: ModbusTcp, units: dict[int, SmokeDetector]
) -> None:
    async with connected(server) as line:
        units[1].faults.add(late(0.3, count=1))
        assert await fault(line, status_of(1)) is Fault.TIME_OUT
        units[1].set_smoke(True)
        assert await fault(line, status_of(1)) is Fault.RESTING
        while line.resting_until_us(1) > CLOCK.mono_us():
            assert await words(line, status_of(2)) == (1, 0, 0, 0)
        assert await words(line, status_of(1)) == (1, 0, 1, 1)
        assert line.health().opened == 1


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (silence(count=1), Fault.TIME_OUT),
        (wrong_unit(7, count=1), Fault.WRONG_REPLY),
        (wrong_function(4, count=1), Fault.WRONG_REPLY),
        (wrong_length(count=1), Fault.WRONG_REPLY),
        (wrong_transaction(count=1), Fault.WRONG_REPLY),
        (exception(11, count=1), Fault.TIME_OUT),
    ],
)
async def test_what_is_not_the_reply_over_tcp_is_refused_by_name(
    server: ModbusTcp, units: dict[int, SmokeDetector], broken: object, named: Fault
) -> None:
    units[1].faults.add(broken)  # type: ignore[arg-type]  # parametrize knows no types
    async with connected(server) as line:
        assert await fault(line, status_of(1)) is named
        assert await fault(line, status_of(1)) is Fault.RESTING
        assert await words(line, status_of(2)) == (1, 0, 0, 0)
        assert line.health().opened == 1


async def test_an_exception_of_the_unit_itself_is_a_whole_answer(
    server: ModbusTcp, units: dict[int, SmokeDetector]
) -> None:
    units[1].faults.add(exception(2, count=1))
    async with connected(server) as line:
        assert await fault(line, status_of(1)) is Fault.EXCEPTION
        assert await words(line, status_of(1)) == (1, 0, 0, 0)


async def test_after_half_a_frame_the_connection_is_made_anew(
    server: ModbusTcp, units: dict[int, SmokeDetector]
) -> None:
    units[1].faults.add(half_frame(count=1))
    async with connected(server) as line:
        assert await fault(line, status_of(1)) is Fault.TIME_OUT
        await until(lambda: line.health().opened == 2 and line.health().is_open)
        assert await words(line, status_of(2)) == (1, 0, 0, 0)


async def test_a_connection_that_is_reset_comes_back_by_itself(
    server: ModbusTcp, units: dict[int, SmokeDetector]
) -> None:
    units[1].faults.add(connection_reset(count=1))
    async with connected(server) as line:
        assert await fault(line, status_of(1)) is Fault.PORT_GONE
        await until(lambda: line.health().opened == 2)
        assert await words(line, status_of(1)) == (1, 0, 0, 0)


async def test_a_server_that_is_away_and_comes_back(server: ModbusTcp) -> None:
    async with connected(server) as line:
        assert await words(line, status_of(1)) == (1, 0, 0, 0)
        server.unplug()
        await until(lambda: not line.health().is_open)
        assert await fault(line, status_of(1)) is Fault.PORT_GONE
        assert f"{server.host}:{server.port}" in line.health().problem
        server.plug()
        await until(lambda: line.health().is_open)
        assert await words(line, status_of(1)) == (1, 0, 0, 0)


async def test_rtu_frames_through_a_converter(
    converter: RtuOverTcp, units: dict[int, SmokeDetector]
) -> None:
    async with tunnelled(converter) as line:
        for unit in (1, 2, 255):
            assert await words(line, status_of(unit)) == (1, 0, 0, 0)
        units[1].faults.add(half_frame(count=1))
        assert await fault(line, status_of(1)) is Fault.TIME_OUT
        assert await fault(line, status_of(1)) is Fault.RESTING
        assert await words(line, status_of(2)) == (1, 0, 0, 0)
        assert line.health().opened == 1


async def test_a_late_reply_through_a_converter_finds_nobody_waiting(
    converter: RtuOverTcp, units: dict[int, SmokeDetector]
) -> None:
    async with tunnelled(converter) as line:
        units[1].faults.add(late(0.2, count=1))
        assert await fault(line, status_of(1)) is Fault.TIME_OUT
        units[1].set_smoke(True)
        while line.resting_until_us(1) > CLOCK.mono_us():
            assert await words(line, status_of(2)) == (1, 0, 0, 0)
        assert await words(line, status_of(1)) == (1, 0, 1, 1)


async def test_what_the_wire_behind_a_converter_could_not_bring_is_refused(
    converter: RtuOverTcp, units: dict[int, SmokeDetector]
) -> None:
    units[1].faults.add(early(count=1))
    async with tunnelled(converter, baud=1_200) as line:
        assert await fault(line, status_of(1)) is Fault.TOO_EARLY


async def test_a_converter_that_is_away_and_comes_back(converter: RtuOverTcp) -> None:
    async with tunnelled(converter) as line:
        assert await words(line, status_of(1)) == (1, 0, 0, 0)
        converter.unplug()
        await until(lambda: not line.health().is_open)
        converter.plug()
        await until(lambda: line.health().is_open)
        assert await words(line, status_of(1)) == (1, 0, 0, 0)
