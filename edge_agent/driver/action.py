"""An allow-listed action of a profile as the requests or frames that carry it out."""

import msgspec

from device_profiles.model import Action, Confirmation, FrameWrite, Profile
from device_profiles.transport import Stream
from edge_agent.driver.awaited import Answer
from edge_agent.driver.frame import encode_frame
from edge_agent.exchange import Write


class WriteStep(msgspec.Struct, frozen=True):
    """One register to write, and how long to leave the device alone afterwards."""

    write: Write
    pause_us: int


class FrameStep(msgspec.Struct, frozen=True):
    """One frame to send, what proves that it was taken, and the pause after it.

    `answer`: None where the device confirms nothing, so that nobody can know.
    """

    frame: bytes
    answer: Answer | None
    pause_us: int


def find_action(profile: Profile, action: str) -> Action:
    """Raise KeyError when the profile does not allow it."""
    for one in profile.actions:
        if one.id == action:
            return one
    raise KeyError(action)


def write_steps(profile: Profile, action: str, unit: int) -> tuple[WriteStep, ...]:
    return tuple(
        WriteStep(Write(unit, one.address, one.value), one.pause)
        for one in find_action(profile, action).writes
    )


def frame_steps(profile: Profile, action: str) -> tuple[FrameStep, ...]:
    """Raise TypeError when the profile is not of a stream that can be spoken to."""
    transport = profile.transport
    if not isinstance(transport, Stream) or transport.command_layout is None:
        raise TypeError(f"profile {profile.id} has no frames to send")
    layout = transport.command_layout
    return tuple(
        FrameStep(
            encode_frame(layout, one.frame, bytes.fromhex(one.data)),
            _answer(one, transport),
            one.pause,
        )
        for one in find_action(profile, action).sends
    )


def _answer(sent: FrameWrite, transport: Stream) -> Answer | None:
    match sent.confirmed_by:
        case Confirmation.ECHO:
            return Answer(sent.frame, bytes.fromhex(sent.data))
        case Confirmation.CODE:
            return Answer(transport.answer_to(sent.frame))
        case Confirmation.NONE:
            return None
