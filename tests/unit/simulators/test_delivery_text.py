"""Lines that a person can read, in two languages, whatever the network sent."""

import msgspec

from simulators.delivery_book import DeliveryBook
from simulators.delivery_text import Language, delivery_line, language_of, silence_line
from simulators.webhook_check import Verdict


def line(body: object, language: Language = "en", verdict: Verdict = Verdict.VERIFIED) -> str:
    book = DeliveryBook()
    delivery = book.take(
        {"webhook-id": "m1"},
        msgspec.json.encode(body),
        verdict,
        answer="200",
        utc_us=1_800_000_000_123_000,
        mono_us=0,
    )
    return delivery_line(delivery, book.violations, language)


ALARM = {
    "type": "alarm.raised",
    "data": {
        "alarm_id": "a1",
        "revision": 3,
        "device": "smoke-1",
        "severity": "critical",
        "place": {"name": "人民路隧道"},
    },
}


def test_an_alarm_in_english() -> None:
    assert line(ALARM) == (
        "2027-01-15T08:00:00.123Z  ALARM  smoke-1 critical 人民路隧道 [a1 revision 3]"
        "  verified  answered 200"
    )


def test_an_alarm_in_chinese() -> None:
    assert "报警  smoke-1 critical 人民路隧道 [a1 版本 3]  已验签  应答 200" in line(ALARM, "zh")


def test_complaints_are_on_the_line() -> None:
    told = line(ALARM, verdict=Verdict.SIGNATURE_WRONG)
    assert "NOT VERIFIED (signature_wrong)" in told
    assert "complaint: not verified" in told


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in line({"type": "\x1b[2J", "data": {"alarm_id": "\x1b]0;x"}})


def test_silence() -> None:
    book = DeliveryBook(heartbeat_limit_s=1)
    beat = b'{"type":"heartbeat"}'
    book.take({"webhook-id": "h"}, beat, Verdict.VERIFIED, answer="200", utc_us=0, mono_us=0)
    violation = book.notice_silence(5_000_000)
    assert violation is not None
    assert silence_line(violation, "en") == "complaint: no heartbeat for 5 s"


def test_language_by_locale() -> None:
    assert language_of("zh_CN.UTF-8") == "zh"
    assert language_of("C.UTF-8") == "en"
    assert language_of("") == "en"
