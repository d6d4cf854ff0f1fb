"""Ages in their two largest units, and what a device row says of what it does not know."""

import msgspec
import pytest

from edge_agent.health_document import DeviceDocument
from edge_agent.show.status_parts import age_text, device_row, local_text
from edge_agent.show.status_words import Words
from runtime.language import Language

NEW = DeviceDocument(
    device="smoke-01",
    line="shed",
    state="never_heard",
    last_reply_age_s=None,
    misses=0,
    last_fault="",
    quality=None,
    waits="rest",
    next_s=0,
    is_test=True,
)


def test_a_device_of_which_nothing_is_known() -> None:
    row = device_row(NEW, Words(Language.EN))
    assert row == ["smoke-01", "shed", "never heard (test)", "-", "-", "-", "-", "-"]


def test_a_test_tells_how_long_it_lasts_yet() -> None:
    tested = msgspec.structs.replace(NEW, test_left_s=7_500.0)
    assert device_row(tested, Words(Language.EN))[2] == "never heard (test, 2 h 5 min left)"
    assert "测试，还剩 2 h 5 min" in device_row(tested, Words(Language.ZH))[2]


def test_without_local_actions_there_is_no_table() -> None:
    assert local_text((), Words(Language.EN)) == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (59.9, "59.9 s"),
        (60, "1 min 0 s"),
        (7_500, "2 h 5 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_ages(seconds: float, text: str) -> None:
    assert age_text(seconds) == text
