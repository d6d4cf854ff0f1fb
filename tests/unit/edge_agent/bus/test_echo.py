import pytest

from edge_agent.bus.echo import EchoFraming
from edge_agent.bus.framing import Framing, RtuFraming
from edge_agent.bus.modbus import Verdict
from edge_agent.exchange import Read, Table, Write
from simulators.rtu import seal

REQUEST = Read(3, Table.HOLDING_REGISTERS, 0, 1)
REPLY = seal(3, b"\x03\x02\x01\x23")


@pytest.fixture
def framing() -> Framing:
    return EchoFraming(RtuFraming())


def test_the_reply_is_found_behind_our_own_frame_and_noise(framing: Framing) -> None:
    sent = framing.encode(REQUEST)
    assert framing.reply_length(REQUEST) == len(REPLY)
    heard = b"\xff" + sent + b"\x00" + REPLY + b"!"
    found = framing.match(heard, REQUEST, sent)
    assert (found.verdict, found.words, found.size) == (Verdict.REPLY, (0x123,), len(REPLY))
    assert heard[found.end :] == b"!"


def test_our_own_frame_alone_is_silence(framing: Framing) -> None:
    sent = framing.encode(REQUEST)
    assert framing.match(sent[:5], REQUEST, sent).verdict is Verdict.INCOMPLETE
    assert framing.match(sent, REQUEST, sent).verdict is Verdict.SILENCE


def test_the_echo_of_a_write_is_not_its_answer(framing: Framing) -> None:
    write = Write(3, 7, 1)
    sent = framing.encode(write)
    assert framing.match(sent, write, sent).verdict is Verdict.SILENCE
    assert framing.match(sent + sent, write, sent).verdict is Verdict.REPLY


def test_what_comes_without_our_own_frame_is_not_believed(framing: Framing) -> None:
    sent = framing.encode(REQUEST)
    garbled = bytes([sent[0] ^ 1]) + sent[1:]
    assert framing.match(garbled + REPLY, REQUEST, sent).verdict is Verdict.NO_ECHO
    assert framing.stale_units(REPLY) == (3,)
    assert framing.finds_frames
