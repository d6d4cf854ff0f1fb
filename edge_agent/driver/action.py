"""An allow-listed action of a profile as the requests or frames that carry it out."""

from dataclasses import dataclass

from device_profiles.model import Action, Profile
from edge_agent.driver.radar_frame import Frame, encode_frame
from edge_agent.exchange import Write


@dataclass(frozen=True, slots=True)
class WriteStep:
    """One register to write, and how long to leave the device alone afterwards."""

    write: Write
    pause_us: int


@dataclass(frozen=True, slots=True)
class FrameStep:
    """One frame to send, which the device answers with the same frame, and the pause after it.

    MicRadar manuals, all tables: a set or reset command is confirmed by a frame of the same
    control, command and data.
    """

    frame: bytes
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
    return tuple(
        FrameStep(encode_frame(Frame(one.frame, bytes.fromhex(one.data))), one.pause)
        for one in find_action(profile, action).sends
    )
