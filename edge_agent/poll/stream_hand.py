"""Commands at a device that owns a stream: a frame out, and what proves that it was taken."""

import asyncio
from typing import Protocol

from device_profiles.model import Profile
from device_profiles.transport import Stream
from edge_agent.driver.action import FrameStep, frame_steps
from edge_agent.driver.awaited import Answer, AwaitedFrame
from edge_agent.driver.frame import encode_frame
from edge_agent.exchange import Failure, Fault
from edge_agent.poll.hand import Done
from edge_agent.poll.listener import Awaited
from wire.command import Command, CommandKind, Outcome

_SECOND_US = 1_000_000


class Speaker(Protocol):
    """A listener that lets others speak: see edge_agent.poll.listener.Listener."""

    async def say(self, data: bytes, answer: Awaited | None, wait_us: int) -> Failure | None:
        """Send `data`; None once `answer` was heard, or once it was sent if there is none."""
        ...


class StreamHand:
    """For any device that talks by itself."""

    def __init__(self, speaker: Speaker, profile: Profile) -> None:
        """Raise TypeError when the profile is of another transport."""
        if not isinstance(profile.transport, Stream):
            raise TypeError(f"profile {profile.id} is not of a stream")
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
        confirmed = sum(step.answer is not None for step in steps)
        unproven = "" if confirmed == len(steps) else "; it never confirms the others"
        return Done(Outcome.DONE, f"{confirmed} of {len(steps)} frames confirmed{unproven}")

    async def _send(self, step: FrameStep) -> Failure | None:
        failure = await self._say(step.frame, step.answer)
        if failure is None:
            await asyncio.sleep(step.pause_us / _SECOND_US)
        return failure

    async def _read(self) -> Done:
        """The answers become readings by the way of all others: here is only who answered."""
        transport = self._transport
        layout, codes = transport.command_layout, transport.asked
        if layout is None or not codes:
            return Done(Outcome.FAILED, "it can not be asked, it talks by itself: see its readings")
        data = bytes.fromhex(transport.query_data)
        silent = []
        for code in codes:
            query = encode_frame(layout, code, data)
            if await self._say(query, Answer(transport.answer_to(code))) is not None:
                silent.append(code)
        text = f"{len(codes) - len(silent)} of {len(codes)} questions answered, see the readings"
        if silent:
            return Done(Outcome.FAILED, f"{text}; no answer to {', '.join(silent)}")
        return Done(Outcome.DONE, text)

    async def _say(self, data: bytes, answer: Answer | None) -> Failure | None:
        awaited = None if answer is None else AwaitedFrame(self._transport.layouts, answer)
        return await self._speaker.say(data, awaited, self._transport.reply_timeout)


def _why(failure: Failure) -> str:
    if failure.fault is Fault.PORT_GONE:
        return f"{failure.fault} {failure.detail}"
    return "no confirmation came: it may have been carried out"
