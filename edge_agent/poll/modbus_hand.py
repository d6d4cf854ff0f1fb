"""Commands at a device of a request line: one exchange at a time, between those of the poller."""

import asyncio
from typing import Protocol

import msgspec

from device_profiles.model import Profile
from device_profiles.transport import Modbus
from edge_agent.driver.action import WriteStep, write_steps
from edge_agent.driver.decode import Decoded
from edge_agent.driver.reader import decode_read
from edge_agent.driver.request_plan import PlannedRead, plan_reads
from edge_agent.exchange import Failure, Fault, Read, Reply, Request, Table
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.hand import Done
from runtime.clock import Clock
from wire.command import Command, CommandKind, Outcome
from wire.quality import Reason, bad
from wire.reading import Value

_SECOND_US = 1_000_000
_PATIENCE_US = 10_000_000
_LOOK_US = 50_000

_MAY_BE_DONE = "no echo came: it may have been carried out"
_NO_ANSWER = "no answer came"


class Line(Protocol):
    """What a command needs of a line: see edge_agent.bus.line.Line."""

    async def exchange(
        self, request: Request, *, timeout_us: int, late_max_us: int, turnaround_us: int
    ) -> Reply | Failure: ...

    def resting_until_us(self, unit: int) -> int: ...

    def needs_other_shape(self, unit: int) -> bool: ...


class ModbusHand:
    """The line's own lock lets the poller in between two exchanges (first come, first served)."""

    def __init__(self, line: Line, device: PolledDevice, profile: Profile, clock: Clock) -> None:
        """Raise TypeError when the profile is of another transport."""
        if not isinstance(profile.transport, Modbus):
            raise TypeError(f"profile {profile.id} is not asked over Modbus")
        self._line = line
        self._device = device
        self._profile = profile
        self._reads = plan_reads(profile.points, profile.transport)
        self._clock = clock

    async def carry_out(self, command: Command) -> Done:
        """Write the registers of the action in order, or read every point once."""
        if command.kind is CommandKind.READ:
            return await self._read()
        steps = write_steps(self._profile, command.action or "", self._device.unit)
        for number, step in enumerate(steps, start=1):
            failure = await self._write(step)
            if failure is not None:
                why = _why(failure, _MAY_BE_DONE)
                return Done(Outcome.FAILED, f"write {number} of {len(steps)}: {why}")
        return Done(Outcome.DONE, f"{len(steps)} of {len(steps)} writes echoed")

    async def _write(self, step: WriteStep) -> Failure | None:
        answer = await self._ask(step.write)
        if isinstance(answer, Failure):
            return answer
        await asyncio.sleep(step.pause_us / _SECOND_US)
        return None

    async def _read(self) -> Done:
        found: dict[str, Value | str] = {}
        for planned in self._reads:
            request = Read(
                self._device.unit, Table(planned.table.value), planned.address, planned.count
            )
            answer = await self._ask(request)
            if isinstance(answer, Failure):
                return Done(Outcome.FAILED, _why(answer, _NO_ANSWER))
            found.update(_values(planned, answer))
        return Done(Outcome.DONE, msgspec.json.encode(found).decode())

    async def _ask(self, request: Request) -> Reply | Failure:
        """Once the unit may be asked; after a time-out another shape goes first (design P6)."""
        await self._rested()
        probe = self._device.probe
        if probe is not None and self._line.needs_other_shape(self._device.unit):
            answer = await self._exchange(probe)
            if isinstance(answer, Failure) and answer.fault is not Fault.EXCEPTION:
                return answer
        return await self._exchange(request)

    async def _rested(self) -> None:
        deadline_us = self._clock.mono_us() + _PATIENCE_US
        while self._clock.mono_us() < deadline_us:
            wait_us = self._line.resting_until_us(self._device.unit) - self._clock.mono_us()
            if wait_us <= 0:
                return
            await asyncio.sleep(min(wait_us, _LOOK_US) / _SECOND_US)

    async def _exchange(self, request: Request) -> Reply | Failure:
        device = self._device
        try:
            return await self._line.exchange(
                request,
                timeout_us=device.timeout_us,
                late_max_us=device.late_max_us,
                turnaround_us=device.turnaround_us,
            )
        except ValueError as error:
            return Failure(Fault.EXCEPTION, self._clock.mono_us(), None, str(error))


def _values(planned: PlannedRead, reply: Reply) -> dict[str, Value | str]:
    """By point: the value, or what is bad about it."""
    if len(reply.words) != planned.count:
        return {point.id: str(bad(Reason.CONFIGURATION)) for point in planned.points}
    found = decode_read(planned, reply.words)
    missing = Decoded(None, bad(Reason.CONFIGURATION))
    return {
        point.id: str(decoded.quality) if decoded.value is None else decoded.value
        for point in planned.points
        for decoded in [found.get(point.id, missing)]
    }


def _why(failure: Failure, what_it_means: str) -> str:
    said = f"{failure.fault} {failure.detail}".rstrip()
    if failure.fault is Fault.EXCEPTION:
        code = "" if failure.code is None else f" (exception {failure.code})"
        return f"the device refuses it{code} {failure.detail}".rstrip()
    if failure.fault in (Fault.RESTING, Fault.PORT_GONE) and not failure.was_sent:
        return f"{said}: nothing was sent"
    return f"{said}: {what_it_means}"
