"""A radar's restart: its confirmation is heard, or it is said that none came."""

import pytest

from device_profiles.load import catalog
from edge_agent.exchange import Failure, Fault
from edge_agent.poll.stream_hand import StreamHand
from wire.command import Command, CommandKind, Outcome

PROFILE = catalog()["micradar_r60afd1"]
RESTART = Command("c-1", CommandKind.ACTION, "desk", "radar-1", "restart")
READ = Command("c-2", CommandKind.READ, "desk", "radar-1")
RESET_FRAME = bytes.fromhex("53590102 0001 0F BF 5443")


class FakeSpeaker:
    def __init__(self, failure: Failure | None = None) -> None:
        self.failure = failure
        self.said: list[tuple[bytes, bytes]] = []

    async def say(self, data: bytes, answer: bytes, wait_us: int) -> Failure | None:
        assert wait_us == 1_000_000
        self.said.append((data, answer))
        return self.failure


async def test_a_restart_is_sent_and_confirmed() -> None:
    speaker = FakeSpeaker()
    done = await StreamHand(speaker, PROFILE).carry_out(RESTART)
    assert done.outcome is Outcome.DONE
    assert speaker.said == [(RESET_FRAME, RESET_FRAME)]


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
    assert all(data.startswith(answer) for data, answer in speaker.said)
    failed = await StreamHand(FakeSpeaker(Failure(Fault.TIME_OUT, 0)), PROFILE).carry_out(READ)
    assert failed.outcome is Outcome.FAILED


def test_a_modbus_unit_is_no_stream() -> None:
    with pytest.raises(TypeError, match="calectro"):
        StreamHand(FakeSpeaker(), catalog()["calectro_ug3"])
