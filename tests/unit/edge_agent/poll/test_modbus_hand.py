"""A reset and a read over a real line and a simulated detector, and what a failure says."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from device_profiles.model import Action, RegisterWrite
from edge_agent.bus.line import Line, LineSettings
from edge_agent.bus.serial_port import PortSettings
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.exchange import Read, Reply, Table
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.modbus_hand import ModbusHand
from runtime.clock import SystemClock
from simulators.fault import exception, silence
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.shipped import PROFILES
from wire.command import Command, CommandKind, Outcome

BAUD = 57_600
CLOCK = SystemClock()
PROFILE = PROFILES["calectro_ug3"]
RESET = Command("c-1", CommandKind.ACTION, "desk", "smoke-1", "reset")
READ = Command("c-2", CommandKind.READ, "desk", "smoke-1")
INPUTS = Read(1, Table.DISCRETE_INPUTS, 0, 4)
DEVICE = PolledDevice(
    name="smoke-1",
    unit=1,
    driver=ModbusDriver(PROFILE, 1, 1_000_000),
    timeout_us=60_000,
    late_max_us=100_000,
    probe=Read(1, Table.HOLDING_REGISTERS, 1, 1),
)


@asynccontextmanager
async def line(folder: Path, detector: SmokeDetector) -> AsyncIterator[Line]:
    with SerialLine([detector], baud=BAUD, link=folder / "shed"):
        port = PortSettings(str(folder / "shed"), SerialFormat(baud=BAUD))
        async with Line(LineSettings("shed", port, settle_us=0), CLOCK) as opened:
            yield opened


async def test_a_reset_resets_and_its_echo_is_seen(tmp_path: Path) -> None:
    detector = SmokeDetector(1)
    detector.set_smoke(True)
    detector.set_smoke(False)
    async with line(tmp_path, detector) as shed:
        hand = ModbusHand(shed, DEVICE, PROFILE, CLOCK)
        done = await hand.carry_out(RESET)
    assert (done.outcome, detector.resets) == (Outcome.DONE, 1)
    assert not detector.state(0)["smoke"]


async def test_a_read_says_every_point(tmp_path: Path) -> None:
    detector = SmokeDetector(1)
    detector.set_smoke(True)
    async with line(tmp_path, detector) as shed:
        done = await ModbusHand(shed, DEVICE, PROFILE, CLOCK).carry_out(READ)
    assert done.outcome is Outcome.DONE
    assert json.loads(done.detail) == {
        "mounted": True,
        "service": False,
        "smoke": True,
        "relay": True,
    }


async def test_what_the_device_refuses(tmp_path: Path) -> None:
    detector = SmokeDetector(1)
    action = Action(
        id="reset",
        title=PROFILE.actions[0].title,
        writes=(RegisterWrite(address=0, value=234), RegisterWrite(address=0, value=235)),
    )
    profile = msgspec.structs.replace(PROFILE, actions=(action,))
    async with line(tmp_path, detector) as shed:
        done = await ModbusHand(shed, DEVICE, profile, CLOCK).carry_out(RESET)
        detector.faults.add(exception(4, 1))
        read = await ModbusHand(shed, DEVICE, PROFILE, CLOCK).carry_out(READ)
    assert done.outcome is read.outcome is Outcome.FAILED
    assert done.detail == "write 2 of 2: the device refuses it (exception 3)"
    assert detector.resets == 1


async def test_after_a_time_out_the_unit_rests_and_nothing_is_repeated(tmp_path: Path) -> None:
    detector = SmokeDetector(1)
    async with line(tmp_path, detector) as shed:
        hand = ModbusHand(shed, DEVICE, PROFILE, CLOCK)
        detector.faults.add(silence(1))
        done = await hand.carry_out(RESET)
        assert done.outcome is Outcome.FAILED
        assert "may have been carried out" in done.detail
        assert shed.resting_until_us(1) > CLOCK.mono_us()
        patient = ModbusHand(shed, replace(DEVICE, timeout_us=2_000_000), PROFILE, CLOCK)
        again = await patient.carry_out(READ)  # waits until it has rested, asks the probe, reads
        assert again.outcome is Outcome.DONE
    assert detector.resets == 0


async def test_a_read_without_an_answer_carried_nothing_out(tmp_path: Path) -> None:
    detector = SmokeDetector(1)
    async with line(tmp_path, detector) as shed:
        detector.faults.add(silence(1))
        done = await ModbusHand(shed, DEVICE, PROFILE, CLOCK).carry_out(READ)
    assert (done.outcome, done.detail) == (Outcome.FAILED, "time_out silence: no answer came")


async def test_a_port_that_is_gone_sends_nothing(tmp_path: Path) -> None:
    port = PortSettings(str(tmp_path / "nothing"), SerialFormat(baud=BAUD))
    async with Line(LineSettings("shed", port, settle_us=0), CLOCK) as shed:
        done = await ModbusHand(shed, DEVICE, PROFILE, CLOCK).carry_out(RESET)
    assert done.outcome is Outcome.FAILED
    assert done.detail.endswith("nothing was sent")


async def test_a_port_that_goes_after_the_write_left_may_have_carried_it_out() -> None:
    """The descriptor of the pseudo-terminal's other end is closed once the write is there."""
    master, slave = os.openpty()
    port = PortSettings(os.ttyname(slave), SerialFormat(baud=BAUD))
    slow = replace(DEVICE, timeout_us=2_000_000)
    async with Line(LineSettings("shed", port, settle_us=0), CLOCK) as shed:
        carried = asyncio.ensure_future(ModbusHand(shed, slow, PROFILE, CLOCK).carry_out(RESET))
        assert await asyncio.to_thread(os.read, master, 64)
        os.close(slave)
        os.close(master)
        done = await carried
    assert done.outcome is Outcome.FAILED
    assert done.detail.startswith("write 1 of 1: port_gone")
    assert done.detail.endswith("it may have been carried out")


async def test_polling_waits_for_one_exchange_at_most(tmp_path: Path) -> None:
    """Twenty writes in a row to a unit: between any two of them the poller had its turn."""
    detector = SmokeDetector(1, record_reads=True)
    writes = tuple(RegisterWrite(address=0, value=234) for _ in range(20))
    action = Action(id="reset", title=PROFILE.actions[0].title, writes=writes)
    profile = msgspec.structs.replace(PROFILE, actions=(action,))
    async with line(tmp_path, detector) as shed:
        patient = replace(DEVICE, probe=None, timeout_us=2_000_000)  # a busy machine is no fault
        hand = ModbusHand(shed, patient, profile, CLOCK)
        task = asyncio.ensure_future(hand.carry_out(RESET))
        polls = 0
        while not task.done():
            answer = await shed.exchange(INPUTS, timeout_us=2_000_000, late_max_us=100_000)
            assert isinstance(answer, Reply)
            polls += 1
        assert (await task).outcome is Outcome.DONE
    assert detector.resets == 20
    assert polls >= 19


def test_a_stream_is_not_asked() -> None:
    with pytest.raises(TypeError, match="micradar"):
        ModbusHand(Line.__new__(Line), DEVICE, PROFILES["micradar_r60afd1"], CLOCK)
