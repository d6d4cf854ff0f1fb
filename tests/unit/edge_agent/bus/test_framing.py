from edge_agent.bus.framing import Framing, RtuFraming
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.modbus import Verdict, encode, expected_length
from edge_agent.exchange import Read, Table
from simulators.rtu import seal

REQUEST = Read(3, Table.HOLDING_REGISTERS, 0, 1)


def test_rtu_frames_are_those_of_the_module_and_carry_no_number() -> None:
    framing: Framing = RtuFraming()
    sent = framing.encode(REQUEST)
    assert sent == framing.encode(REQUEST) == encode(REQUEST)
    reply = seal(3, b"\x03\x02\x01\x23")
    assert len(reply) == framing.reply_length(REQUEST) == expected_length(REQUEST)
    found = framing.match(b"\xff" + reply, REQUEST, sent)
    assert (found.verdict, found.words) == (Verdict.REPLY, (0x123,))
    assert framing.stale_units(reply) == (3,)


def test_only_rtu_finds_a_frame_behind_noise() -> None:
    assert RtuFraming().finds_frames
    assert not MbapFraming().finds_frames
