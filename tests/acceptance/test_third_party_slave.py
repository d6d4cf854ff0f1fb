"""Our agent reads a third party's slave (libmodbus) with every Modbus profile, on every carrier.

Registers and values are written by hand from the makers' documents, so that a wrong register of
ours can not be cancelled by the same mistake in our simulators.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from device_profiles.model import Profile
from device_profiles.transport import Carrier, Modbus
from edge_agent.assembly import open_port, serial_format
from edge_agent.bus.line import Line, LineSettings
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.place import Place
from edge_agent.bus.serial_port import PortSettings
from edge_agent.bus.tcp_port import TcpSettings
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.driver.action import write_steps
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.exchange import Failure, Fault, Read, Reply, Request, Table
from runtime.clock import SystemClock
from simulators.pseudo_terminal import PseudoTerminal
from simulators.stage import (
    DeviceSpec,
    GatewaySpec,
    LineSpec,
    NetworkSpec,
    Stage,
    new_webhook_secret,
)
from simulators.wire_time import WireFormat
from tests.documented_registers import CASES
from tests.paced_wire import ConverterEnd, End, PacedWire
from tests.patience import PATIENCE_S
from tests.shipped import PROFILES
from tests.third_party_slave import ThirdPartySlave, compiled_slave, slave_on_tcp, slave_on_tty
from wire.reading import Value

CLOCK = SystemClock()
POLLS = 200
GAP_AT_9600_US = 3_646  # 3.5 characters of 10 bits
MODBUS = {
    name: profile for name, profile in PROFILES.items() if isinstance(profile.transport, Modbus)
}


TOLERANCE = 0.001


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled_slave(tmp_path_factory.mktemp("libmodbus"))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "slave.log"


@contextmanager
def behind_a_wire(
    program: Path, log: Path, unit: int, shape: SerialFormat, master: End
) -> Iterator[tuple[ThirdPartySlave, PacedWire]]:
    """The slave on a pty, `master` where our agent comes, between them a wire that takes its time.

    A pty has no parity: two stop bits make characters of the same length.
    """
    bus = PseudoTerminal()
    wire = WireFormat(shape.baud, "N", 1 if shape.bits == 10 else 2)
    with (
        PacedWire(wire, master, bus) as paced,
        slave_on_tty(
            program, log, unit, bus.path, baud=wire.baud, stop_bits=wire.stop_bits
        ) as slave,
    ):
        yield slave, paced


@contextmanager
def reached(
    carrier: Carrier, program: Path, log: Path, unit: int, shape: SerialFormat
) -> Iterator[tuple[ThirdPartySlave, LineSettings]]:
    """On a serial line, behind a converter, or on TCP; what went over a wire had no fault."""
    with ExitStack() as opened:
        if carrier is Carrier.TCP:
            slave = opened.enter_context(slave_on_tcp(program, log, unit))
            place = TcpSettings("127.0.0.1", slave.port)
            yield slave, LineSettings("net", place, settle_us=0, framing=MbapFraming())
            return
        end = PseudoTerminal() if carrier is Carrier.RTU else ConverterEnd()
        slave, wire = opened.enter_context(behind_a_wire(program, log, unit, shape, end))
        yield slave, LineSettings("bus", place_of(end, shape), settle_us=0)
        assert slave.errors == []
        assert min(wire.silences_us, default=shape.gap_us) >= shape.gap_us


def place_of(end: PseudoTerminal | ConverterEnd, shape: SerialFormat) -> Place:
    if isinstance(end, PseudoTerminal):
        return PortSettings(end.path, shape)
    return TcpSettings("127.0.0.1", end.port, shape)


async def asked(line: Line, driver: ModbusDriver, request: Request) -> Reply | Failure:
    return await line.exchange(
        request,
        timeout_us=driver.timeout_us,
        late_max_us=driver.late_max_us,
        turnaround_us=driver.turnaround_us,
    )


async def one_cycle(line: Line, driver: ModbusDriver) -> dict[str, Value | None]:
    found: dict[str, Value | None] = {}
    while (request := driver.due(CLOCK.mono_us())) is not None:
        reply = await asked(line, driver, request)
        assert isinstance(reply, Reply), (request, reply)
        samples = driver.received(reply, CLOCK.mono_us())
        found |= {sample.point: sample.value for sample in samples}
    if driver.probe is not None:
        assert isinstance(await asked(line, driver, driver.probe), Reply)
    return found


def transport(profile: Profile) -> Modbus:
    assert isinstance(profile.transport, Modbus)
    return profile.transport


def over_time(profile: Profile) -> set[str]:
    """Points that one cycle can not tell: they follow from many."""
    return {
        point.id for point in profile.points if point.rise is not None or point.held is not None
    }


def test_every_modbus_profile_has_its_registers_here() -> None:
    missing = MODBUS.keys() - CASES.keys()
    assert not missing, f"no registers written for {sorted(missing)}"
    gone = CASES.keys() - MODBUS.keys()
    assert not gone, f"registers of profiles that are gone: {sorted(gone)}"


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_case_knows_every_point_at_the_unit_of_the_maker(name: str) -> None:
    profile = MODBUS[name]
    assert set(CASES[name].values) == {point.id for point in profile.points} - over_time(profile)
    assert CASES[name].unit == transport(profile).default_unit


@pytest.mark.parametrize("carrier", Carrier)
@pytest.mark.parametrize("name", sorted(CASES))
async def test_values_come_out_right(name: str, carrier: Carrier, program: Path, log: Path) -> None:
    profile, case = MODBUS[name], CASES[name]
    driver = ModbusDriver(profile, case.unit, baseline=case.baseline)
    shape = serial_format(transport(profile).serial)
    with reached(carrier, program, log, case.unit, shape) as (slave, settings):
        slave.set(case.registers)
        async with Line(settings, CLOCK, open_port) as line:
            found = await one_cycle(line, driver)
    expected = {
        point: pytest.approx(value, rel=TOLERANCE, abs=TOLERANCE) if type(value) is float else value
        for point, value in case.values.items()
    }
    assert {point: found[point] for point in found.keys() - over_time(profile)} == expected


async def test_a_reset_arrives_as_the_write_that_the_maker_describes(
    program: Path, log: Path
) -> None:
    profile = MODBUS["calectro_ug3"]
    driver = ModbusDriver(profile, 1)
    shape = serial_format(transport(profile).serial)
    with reached(Carrier.RTU, program, log, 1, shape) as (slave, settings):
        slave.set(["holding_registers 0 0"])
        async with Line(settings, CLOCK, open_port) as line:
            for step in write_steps(profile, "reset", 1):
                assert isinstance(await asked(line, driver, step.write), Reply)
        assert slave.wrote == [(0, 234)]


async def test_a_register_that_is_not_there_is_an_exception(program: Path, log: Path) -> None:
    driver = ModbusDriver(MODBUS["calectro_ug3"], 1)
    with reached(Carrier.RTU, program, log, 1, SerialFormat(57_600)) as (slave, settings):
        slave.set(["holding_registers 0 0"])
        async with Line(settings, CLOCK, open_port) as line:
            answer = await asked(line, driver, Read(1, Table.HOLDING_REGISTERS, 1, 1))
    assert isinstance(answer, Failure)
    assert (answer.fault, answer.code) == (Fault.EXCEPTION, 2)


async def test_two_hundred_polls_at_9600_baud_without_one_complaint(
    program: Path, log: Path
) -> None:
    """As fast as the line lets us: each request 3.5 characters after the reply before it."""
    driver = ModbusDriver(MODBUS["di2_modbus_sqr2"], 255)
    request = driver.due(0)
    assert request is not None
    end, shape = PseudoTerminal(), SerialFormat(9600)
    with behind_a_wire(program, log, 255, shape, end) as (slave, wire):
        slave.set(CASES["di2_modbus_sqr2"].registers)
        async with Line(LineSettings("bus", place_of(end, shape), settle_us=0), CLOCK) as line:
            for _ in range(POLLS):
                assert isinstance(await asked(line, driver, request), Reply)
            health = line.health()
        assert slave.errors == []
        assert slave.log.count("<FF><02><00><00><00><08><6C><12>") == POLLS
        assert len(wire.silences_us) == POLLS - 1
        assert min(wire.silences_us) >= GAP_AT_9600_US
    assert (health.units[0].replies, health.discarded_bytes) == (POLLS, 0)


async def test_the_agent_itself_tells_what_stands_in_a_third_partys_registers(
    program: Path, tmp_path: Path
) -> None:
    """Serial, TCP and converter, through broker and server; and then there is smoke."""
    ug3, gauge, pit = (CASES[n] for n in ("calectro_ug3", "dfrobot_sen0676", "di2_modbus_sqr2"))
    bus, end = PseudoTerminal(tmp_path / "ttyShed"), ConverterEnd()
    with (
        behind_a_wire(program, tmp_path / "ug3.log", 1, SerialFormat(9600, stop_bits=2), bus) as (
            detector,
            _,
        ),
        behind_a_wire(program, tmp_path / "pit.log", 255, SerialFormat(9600), end) as (contacts, _),
        slave_on_tcp(program, tmp_path / "gauge.log", 1) as radar,
    ):
        detector.set(["discrete_inputs 0 1 0 0 0"])
        radar.set(gauge.registers)
        contacts.set(pit.registers)
        stage = Stage(
            tmp_path / "stage",
            (gateway(tmp_path / "ttyShed", radar.port, end.port),),
            webhook_url="http://127.0.0.1:9/",
            webhook_secret=new_webhook_secret(),
        )
        try:
            await asyncio.to_thread(stage.start)
            await asyncio.to_thread(stage.wait_ready)
            wanted = {("gauge", point): value for point, value in gauge.values.items()}
            wanted |= {("contacts", point): value for point, value in pit.values.items()}
            await told(stage, wanted | {("smoke", "smoke"): False, ("smoke", "mounted"): True})
            detector.set(ug3.registers)
            await told(stage, {("smoke", point): value for point, value in ug3.values.items()})
        finally:
            await asyncio.to_thread(stage.close)
        assert detector.errors == contacts.errors == []


def gateway(tty: Path, gauge_port: int, pit_port: int) -> GatewaySpec:
    return GatewaySpec(
        "gw-001",
        (LineSpec("shed", "modbus-rtu", tty, {"settle": "100ms"}),),
        (
            DeviceSpec("smoke", "calectro_ug3", "shed", {"poll_period": "200ms"}),
            DeviceSpec("gauge", "dfrobot_sen0676", "underpass"),
            DeviceSpec("contacts", "di2_modbus_sqr2", "pit"),
        ),
        (
            NetworkSpec("underpass", "modbus-tcp", gauge_port),
            NetworkSpec("pit", "modbus-rtu-over-tcp", pit_port),
        ),
    )


async def told(stage: Stage, wanted: Mapping[tuple[str, str], Value | None]) -> None:
    """Wait until the server's newest values are these."""
    found: dict[tuple[str, str], Value | None] = {}
    try:
        async with asyncio.timeout(PATIENCE_S):
            while any(found.get(key) != value for key, value in wanted.items()):
                await asyncio.sleep(0.1)
                items = await asyncio.to_thread(stage.api.get, "/v1/readings/latest?limit=500")
                found = {(one["device"], one["point"]): one["value"] for one in items["items"]}
    except TimeoutError:
        raise AssertionError(f"{wanted} wanted, {found} told\n{stage.last_words()}") from None
