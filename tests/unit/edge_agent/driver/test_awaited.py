from edge_agent.driver.awaited import Answer, AwaitedFrame
from edge_agent.driver.frame import encode_frame
from tests.stream_layouts import COMMAND, R60, REPORT, TINY

RESTART = encode_frame(R60, "01 02", b"\x0f")


def test_an_echo_is_the_same_frame() -> None:
    awaited = AwaitedFrame([R60], Answer("01 02", b"\x0f"))
    assert not awaited.is_in(encode_frame(R60, "01 02", b"\x00"))
    assert not awaited.is_in(encode_frame(R60, "01 01", b"\x0f") + RESTART[:3])
    assert awaited.is_in(RESTART[3:])


def test_any_data_will_do_where_only_the_code_is_known() -> None:
    awaited = AwaitedFrame([TINY], Answer("0E 04"))
    assert not awaited.is_in(encode_frame(TINY, "0E 02", b"\x01"))
    assert awaited.is_in(b"\x01\x00" + encode_frame(TINY, "0E 04", b"\x01"))


def test_the_answer_may_come_in_another_layout_than_the_reports() -> None:
    awaited = AwaitedFrame([REPORT, COMMAND], Answer("FF 01"))
    assert not awaited.is_in(encode_frame(REPORT, "02 AA", bytes(9)))
    assert awaited.is_in(encode_frame(COMMAND, "FF 01", b"\x00\x00\x01\x00"))
