"""A radar's restart: its confirmation is heard, or it is said that none came."""

import pytest
from msgspec.structs import replace

from device_profiles.model import Confirmation, Profile
from device_profiles.transport import Stream
from edge_agent.exchange import Failure, Fault
from edge_agent.poll.listener import Awaited
from edge_agent.poll.stream_hand import StreamHand
from tests.shipped import PROFILES
from wire.command import Command, CommandKind, Outcome

PROFILE = PROFILES["micradar_r60afd1"]
RESTART = Command("c-1", CommandKind.ACTION, "desk", "radar-1", "restart")
READ = Command("c-2", CommandKind.READ, "desk", "radar-1")
RESET_FRAME = bytes.fromhex("53590102 0001 0F BF 5443")


class FakeSpeaker:
    def __init__(self, failure: Failure | None = None) -> None:
        self.failure = failure
        self.said: list[bytes] = []
        self.awaited: list[Awaited | None] = []

    async def say(self, data: bytes, answer: Awaited | None, wait_us: int) -> Failure | None:
        assert wait_us == 1_000_000
        self.said.append(data)
        self.awaited.append(answer)
        return self.failure


async def test_a_restart_is_sent_and_confirmed() -> None:
    speaker = FakeSpeaker()
    done = await StreamHand(speaker, PROFILE).carry_out(RESTART)
    assert done.outcome is Outcome.DONE
    assert done.detail == "1 of 1 frames confirmed"
    assert speaker.said == [RESET_FRAME]
    (awaited,) = speaker.awaited
    assert awaited is not None
    assert not awaited.is_in(RESET_FRAME[:-4])
    assert awaited.is_in(RESET_FRAME[-4:])


def with_restart(confirmed_by: Confirmation) -> Profile:
    (action,) = PROFILE.actions
    sends = tuple(replace(one, confirmed_by=confirmed_by) for one in action.sends)
    return replace(PROFILE, actions=(replace(action, sends=sends),))


async def test_a_frame_of_the_same_code_may_be_confirmation_enough() -> None:
    speaker = FakeSpeaker()
    await StreamHand(speaker, with_restart(Confirmation.CODE)).carry_out(RESTART)
    (awaited,) = speaker.awaited
    assert awaited is not None
    assert awaited.is_in(bytes.fromhex("53590102 0001 00 B0 5443"))


async def test_what_nothing_confirms_is_said_to_be_sent_only() -> None:
    speaker = FakeSpeaker()
    done = await StreamHand(speaker, with_restart(Confirmation.NONE)).carry_out(RESTART)
    assert speaker.awaited == [None]
    assert done.outcome is Outcome.DONE
    assert done.detail == "0 of 1 frames confirmed; it never confirms the others"


@pytest.mark.parametrize(
    ("fault", "word"), [(Fault.TIME_OUT, "may have been"), (Fault.PORT_GONE, "port_gone pulled")]
)
async def test_without_a_confirmation_it_failed(fault: Fault, word: str) -> None:
    done = await StreamHand(FakeSpeaker(Failure(fault, 0, None, "pulled out")), PROFILE).carry_out(
        RESTART
    )
    assert done.outcome is Outcome.FAILED
    assert word in done.detail


async def test_a_read_asks_all_that_can_be_asked() -> None:
    speaker = FakeSpeaker()
    done = await StreamHand(speaker, PROFILE).carry_out(READ)
    assert done.outcome is Outcome.DONE
    assert len(speaker.said) > 4
    for data, awaited in zip(speaker.said, speaker.awaited, strict=True):
        assert awaited is not None
        assert awaited.is_in(data)
    failed = await StreamHand(FakeSpeaker(Failure(Fault.TIME_OUT, 0)), PROFILE).carry_out(READ)
    assert failed.outcome is Outcome.FAILED


async def test_what_can_not_be_asked_says_so() -> None:
    assert isinstance(PROFILE.transport, Stream)
    mute = replace(PROFILE, transport=replace(PROFILE.transport, command=None))
    speaker = FakeSpeaker()
    done = await StreamHand(speaker, mute).carry_out(READ)
    assert done.outcome is Outcome.FAILED
    assert "can not be asked" in done.detail
    assert speaker.said == []


def test_a_modbus_unit_is_no_stream() -> None:
    with pytest.raises(TypeError, match="calectro"):
        StreamHand(FakeSpeaker(), PROFILES["calectro_ug3"])
