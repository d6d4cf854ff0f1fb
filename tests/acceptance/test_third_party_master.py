"""A third party's master (mbpoll) reads every simulator that speaks Modbus and finds what is said.

The numbers are written by hand from the makers' documents, so that a wrong register of ours can
not be cancelled by the same mistake in our agent.
"""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime.clock import SystemClock
from simulators.device_kinds import KINDS, Kind
from simulators.pseudo_terminal import PseudoTerminal
from simulators.wire_time import WireFormat
from tests.paced_wire import READ_SIZE, ClientEnd, PacedWire
from tests.played_device import order, playing
from tests.standard_master import (
    LAST_SERIAL_UNIT,
    Ask,
    RefusedError,
    StandardMaster,
    on_serial,
    on_tcp,
)

SETTLED_S = 8.0
CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Documented:
    """How the maker ships it; `unit` is the first where the command has several."""

    baud: int
    parity: str
    stop_bits: int
    unit: int

    @property
    def stop_bits_on_a_pty(self) -> int:
        """A pty has no parity: two stop bits make characters of the same length."""
        return 1 if (self.parity, self.stop_bits) == ("N", 1) else 2


@dataclass(frozen=True, slots=True)
class Row:
    """What is done to the device, then what the master has to read; a text is its complaint.

    `do`: a word for the console, or `write ADDRESS VALUE` by the master itself.
    """

    kind: str
    do: str
    ask: Ask
    first: int
    values: tuple[float, ...] | str
    within: float = 0.0
    unit: int | None = None


FACTORY = {
    "ug3": Documented(9600, "N", 2, 1),
    "bcd-ruler": Documented(9600, "N", 1, 3),
    "u16-ruler": Documented(9600, "N", 1, 1),
    "sen0676": Documented(115_200, "N", 1, 1),
    "wt901c485": Documented(9600, "N", 1, 0x50),
    "sqr2": Documented(9600, "N", 1, 255),
    "manhole": Documented(9600, "N", 1, 0x50),
    "xcd": Documented(19_200, "E", 1, 1),
    "xrl": Documented(19_200, "E", 1, 1),
    "xcl": Documented(19_200, "E", 1, 1),
    "qdy30a": Documented(9600, "N", 1, 1),
}

B, I, I32, H, S, F = (  # noqa: E741 - columns of a table
    Ask.BITS,
    Ask.INPUTS,
    Ask.INPUTS_U32,
    Ask.HOLDING,
    Ask.HOLDING_S16,
    Ask.HOLDING_F32,
)
ROWS = (
    # mounted, service, smoke, relay; the codes 234 and 567 to be written
    Row("ug3", "", B, 0, (1, 0, 0, 0)),
    Row("ug3", "smoke on", B, 0, (1, 0, 1, 1)),
    Row("ug3", "smoke off", B, 2, (1,)),
    Row("ug3", "write 0 234", B, 0, (1, 0, 0, 0)),
    Row("ug3", "service on", B, 0, (1, 1, 0, 0)),
    Row("ug3", "write 2 567", B, 3, (1,)),
    Row("ug3", "head off", B, 0, (0, 0, 0, 0)),
    Row("ug3", "", H, 1, (234,)),
    Row("ug3", "", H, 3, (567,)),
    Row("ug3", "", H, 4, "Illegal data address"),
    # 1 m 23 cm is 0x0123: metres in the high byte, centimetres as two BCD digits in the low one
    Row("bcd-ruler", "level 1.23", H, 0, (0x0123,)),
    Row("bcd-ruler", "level 0.45", H, 0, (0x0045,)),
    Row("bcd-ruler", "level 2.09", H, 0, (0x0209,)),
    Row("u16-ruler", "level 0.27", H, 0, (27,)),
    Row("u16-ruler", "level 2.91", H, 0, (291,)),
    # distance 1, level 3 (mm, with ripples), height 5 (cm), address, baud / 100, range (m)
    Row("sen0676", "", H, 5, (0,)),
    Row("sen0676", "write 5 300", H, 5, (300,)),
    Row("sen0676", "level 0.35", H, 3, (350,), within=12),
    Row("sen0676", "", H, 1, (2650,), within=12),
    Row("sen0676", "", H, 0x03F4, (1,)),
    Row("sen0676", "", H, 0x03F6, (1152,)),
    Row("sen0676", "", H, 0x07D4, (10,)),
    Row("sen0676", "", H, 2, "Illegal data address"),
    # 1 g is 2048, 180 degrees are 32768: 15 degrees of roll are 530 and 1978 of y and z, and 2731
    Row("wt901c485", "", S, 0x34, (0, 0, 2048), within=60),
    Row("wt901c485", "tilt 15", S, 0x34, (0, 530, 1978), within=60),
    Row("wt901c485", "", S, 0x3D, (2731, 0), within=60),
    Row("wt901c485", "", H, 0x04, (2,)),
    Row("wt901c485", "", H, 0x1A, (0x50,)),
    Row("wt901c485", "write 4 6", H, 0x04, (2,)),
    Row("wt901c485", "write 105 46472", H, 0x04, (2,)),
    Row("wt901c485", "write 4 6", H, 0x04, (6,)),
    # 1 is well: cover contact, float, and six that the module does not have
    Row("sqr2", "", B, 0, (1, 1, 0, 0, 0, 0, 0, 0)),
    Row("sqr2", "float on", B, 0, (1, 0, 0, 0, 0, 0, 0, 0)),
    Row("sqr2", "open", B, 0, (0, 0, 0, 0, 0, 0, 0, 0)),
    # both on one line
    Row("manhole", "", S, 0x34, (0, 0, 2048), within=60),
    Row("manhole", "", B, 0, (1, 1, 0, 0, 0, 0, 0, 0), unit=255),
    Row("manhole", "contacts float on", B, 0, (1, 0), unit=255),
    Row("manhole", "tilt 45", S, 0x34, (0, 1448, 1448), within=60),
    Row("manhole", "", B, 0, (0, 0), unit=255),
    # 30010 unit, 30014 alarms, 30018 troubles
    # 40001 type 0x25, 40003 reading, 40005 code, 40006 bits, 40007 mode, 40011 unit
    Row("xcd", "", H, 0, (0x2501,)),
    Row("xcd", "", I, 9, (1,)),
    Row("xcd", "", F, 2, (0.0,)),
    Row("xcd", "", H, 4, (0, 0, 1)),
    Row("xcd", "", H, 10, (5,)),
    Row("xcd", "gas 0.25", F, 2, (25.0,)),
    Row("xcd", "", H, 5, (0b1, 1)),
    Row("xcd", "", I32, 13, (0b1,)),
    Row("xcd", "gas 0.6", F, 2, (60.0,)),
    Row("xcd", "", H, 5, (0b11,)),
    Row("xcd", "", I32, 13, (0b11,)),
    Row("xcd", "gas 0", F, 2, (0.0,)),
    Row("xcd", "reset", H, 5, (0,)),
    Row("xcd", "warning 2 on", H, 4, (2, 0b1_0000)),
    Row("xcd", "", I32, 17, (0b10,)),
    Row("xcd", "warning 2 off", H, 4, (0, 0)),
    Row("xcd", "fault 1 on", H, 4, (1101, 0b10_0000)),
    Row("xcd", "", I32, 17, (0b100_0000,)),
    Row("xcd", "warm-up 60", H, 6, (2,)),
    # 40101 type 0x26, 40103 reading, 40105 code, 40106 bits, 40107 mode, 40111 unit (1 is %LEL),
    # 40132 sensor type, 40157 supply in mV; 30018 faults in its upper half, warnings in its lower;
    # 40109 and 40155 days to the next calibration, 40146 "METHANE", 40156 relays 2 and 1
    *(
        Row(kind, *row)
        for kind in ("xrl", "xcl")
        for row in (
            ("", H, 100, (0x2601, 0x2601)),
            ("", H, 110, (1,)),
            ("", H, 131, (1,)),
            ("", F, 156, (24_000.0,)),
            ("", F, 108, (120.0,)),
            ("", H, 145, (0x4D45, 0x5448, 0x414E, 0x4500, 0, 0, 0)),
            ("", H, 154, (120, 0x00)),
            ("gas 0.25", F, 102, (25.0,)),
            ("", H, 104, (0, 0b1, 1)),
            ("", H, 155, (0x01,)),
            ("inhibit on", H, 106, (3,)),
            ("gas 0.6", F, 102, (25.0,)),
            ("inhibit off", F, 102, (60.0,)),
            ("", I32, 13, (0b11,)),
            ("gas-unit 5", H, 110, (5,)),
            ("", F, 102, (3.0,)),
            ("warning 2 on", I32, 17, (0b10,)),
            ("fault 1 on", I32, 17, (0x0001_0002,)),
            ("", H, 104, (1201, 0b101_0011)),
            ("", H, 0, "Illegal data address"),
        )
    ),
    # address, speed code, unit of level (0x11 is cm), decimals, level, zero, full range; 15 saves
    Row("qdy30a", "", H, 0, (1, 3, 0x11, 1)),
    Row("qdy30a", "", H, 5, (0, 5000)),
    Row("qdy30a", "level 1.234", S, 4, (1234,), within=12),
    Row("qdy30a", "write 3 0", S, 4, (123,), within=2),
    Row("qdy30a", "write 2 18", S, 4, (1,)),
    Row("qdy30a", "write 3 3", S, 4, (1234,), within=12),
    Row("qdy30a", "level 0", S, 4, (0,)),
    Row("qdy30a", "drift -0.005", S, 4, (-5,)),
    Row("qdy30a", "reboot 0", H, 2, (0x11, 1)),
    Row("qdy30a", "write 3 2", H, 3, (2,)),
    Row("qdy30a", "write 15 0", H, 3, (2,)),
    Row("qdy30a", "reboot 0", H, 3, (2,)),
    Row("qdy30a", "write 16 1", H, 3, (1,)),
    Row("qdy30a", "", H, 7, "Illegal data address"),
)


def rows_of(kind: Kind) -> list[Row]:
    rows = [row for row in ROWS if row.kind == kind.name]
    if not rows or kind.name not in FACTORY:
        pytest.fail(f"no expectation for {kind.name}: write rows from the maker's document")
    return rows


def test_no_row_is_about_a_device_that_is_gone() -> None:
    assert {row.kind for row in ROWS} | set(FACTORY) <= {kind.name for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_it_comes_as_its_maker_ships_it(kind: Kind) -> None:
    rows_of(kind)
    wire, factory = kind.wire, FACTORY[kind.name]
    told = (wire.baud, wire.parity, wire.stop_bits, kind.unit or factory.unit)
    assert told == (factory.baud, factory.parity, factory.stop_bits, factory.unit)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_standard_master_reads_it(kind: Kind, tmp_path: Path) -> None:
    """On a serial line and over TCP, at once: most of the time goes by on the wire."""
    with ThreadPoolExecutor() as both:
        serial = both.submit(read_on_a_serial_line, kind, rows_of(kind), tmp_path / "bus")
        tcp = both.submit(read_over_tcp, kind, rows_of(kind))
    serial.result()
    tcp.result()


def read_over_tcp(kind: Kind, rows: list[Row]) -> None:
    with playing(kind.name, "--tcp", "0") as (process, path):
        master = on_tcp(path)
        for row in rows:
            go_through(row, row.unit or FACTORY[kind.name].unit, process, master)


def read_on_a_serial_line(kind: Kind, rows: list[Row], link: Path) -> None:
    """A unit that mbpoll can not ask on such a line is given the last one that it can."""
    factory = FACTORY[kind.name]
    unit = min(factory.unit, LAST_SERIAL_UNIT)
    given = ["--unit", str(unit)] if unit != factory.unit else []
    with playing(kind.name, "--link", str(link), *given) as (process, path):
        master = on_serial(path, factory.baud, factory.stop_bits_on_a_pty)
        for row in rows:
            if (row.unit or 0) <= LAST_SERIAL_UNIT:
                go_through(row, row.unit or unit, process, master)


def test_a_standard_master_reads_it_behind_a_converter() -> None:
    """Its tty leads to a TCP port; one device for all, as what carries the frames knows none."""
    factory = FACTORY["xcd"]
    shape = ("--baud", str(factory.baud), "--parity", factory.parity)
    wire = WireFormat(factory.baud, "N", 2)
    with playing("xcd", "--rtu-tcp", "0", *shape) as (process, path):
        host, _, port = path.partition(":")
        terminal = PseudoTerminal()
        with PacedWire(wire, terminal, ClientEnd(host, int(port)), piece=READ_SIZE):
            master = on_serial(terminal.path, wire.baud, wire.stop_bits)
            for row in ROWS:
                if row.kind == "xcd":
                    go_through(row, factory.unit, process, master)


def go_through(row: Row, unit: int, process: subprocess.Popen[str], master: StandardMaster) -> None:
    word, *rest = row.do.split() or [""]
    if word == "write":
        address, value = map(int, rest)
        master.write(unit, address, value)
    elif word:
        order(process, row.do)
    if isinstance(row.values, str):
        with pytest.raises(RefusedError, match=row.values):
            master.read(unit, row.ask, row.first, 1)
        return
    # What swings or has to be noticed takes its time.
    deadline_us = CLOCK.mono_us() + round(SETTLED_S * 1e6)
    while True:
        found = master.read(unit, row.ask, row.first, len(row.values))
        if found == pytest.approx(row.values, abs=row.within):
            return
        assert CLOCK.mono_us() < deadline_us, f"{row}: read {found}"
