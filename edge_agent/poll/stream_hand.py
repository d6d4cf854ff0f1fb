"""Commands at a device that owns a stream: a frame out, the same frame back."""

import asyncio
from typing import Protocol

from device_profiles.model import Profile
from device_profiles.transport import R60
from edge_agent.driver.action import FrameStep, frame_steps
from edge_agent.driver.radar_frame import SYNC, Frame, encode_frame
from edge_agent.exchange import Failure, Fault
from edge_agent.poll.hand import Done
from wire.command import Command, CommandKind, Outcome

_SECOND_US = 1_000_000


class Speaker(Protocol):
    """A listener that lets others speak: see edge_agent.poll.listener.Listener."""

    async def say(self, data: bytes, answer: bytes, wait_us: int) -> Failure | None:
        """Send `data`; None once `answer` was heard."""
        ...


class StreamHand:
    """For an R60 radar."""

    def __init__(self, speaker: Speaker, profile: Profile) -> None:
        """Raise TypeError when the profile is of another transport."""
        if not isinstance(profile.transport, R60):
            raise TypeError(f"profile {profile.id} is not an R60 stream")
        self._speaker = speaker
        self._profile = profile
        self._transport = profile.transport

    async def carry_out(self, command: Command) -> Done:
        """Send the frames of the action in order, or ask for all that can be asked for."""
        if command.kind is CommandKind.READ:
            return await self._read()
        steps = frame_steps(self._profile, command.action or "")
        for number, step in enumerate(steps, start=1):
            failure = await self._send(step)
            if failure is not None:
                return Done(Outcome.FAILED, f"frame {number} of {len(steps)}: {_why(failure)}")
        return Done(Outcome.DONE, f"{len(steps)} of {len(steps)} frames confirmed")

    async def _send(self, step: FrameStep) -> Failure | None:
        wait_us = self._transport.reply_timeout
        failure = await self._speaker.say(step.frame, step.frame, wait_us)
        if failure is None:
            await asyncio.sleep(step.pause_us / _SECOND_US)
        return failure

    async def _read(self) -> Done:
        """The answers become readings by the way of all others: here is only who answered."""
        transport = self._transport
        codes = (*transport.resync, *transport.settings)
        silent = []
        for code in codes:
            query = encode_frame(Frame(code, bytes([transport.query_data])))
            head = SYNC + bytes.fromhex(code)
            if await self._speaker.say(query, head, transport.reply_timeout) is not None:
                silent.append(code)
        text = f"{len(codes) - len(silent)} of {len(codes)} questions answered, see the readings"
        if silent:
            return Done(Outcome.FAILED, f"{text}; no answer to {', '.join(silent)}")
        return Done(Outcome.DONE, text)


def _why(failure: Failure) -> str:
    if failure.fault is Fault.PORT_GONE:
        return f"{failure.fault} {failure.detail}"
    return "no confirmation came: it may have been carried out"
