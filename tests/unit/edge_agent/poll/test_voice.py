"""What a device says is marked and filtered, and what it last did is remembered."""

import pytest

from edge_agent.exchange import Failure, Fault, Sample
from edge_agent.health import DeviceState
from edge_agent.poll.report_filter import ReportPolicy
from edge_agent.poll.voice import Voice
from wire.quality import GOOD, Quality, Reason, Status, bad, uncertain

CLEAR = Sample("smoke", value=False, mono_us=1)
SERVICE = Sample("service", value=False, mono_us=1)
TIME_OUT = Failure(Fault.TIME_OUT, 9)


def voice(*, is_test: bool = False) -> Voice:
    return Voice(ReportPolicy(), is_test=is_test)


def test_an_answer_is_remembered_and_only_news_of_it_reported() -> None:
    said = voice()
    assert said.heard([CLEAR, SERVICE], 10) == [CLEAR, SERVICE]
    assert said.heard([CLEAR, SERVICE], 20) == []
    assert said.last_reply_us == 20


def test_what_is_concluded_in_silence_is_no_reply() -> None:
    said = voice()
    assert said.told([CLEAR]) == [CLEAR]
    assert said.last_reply_us is None
    assert said.state(is_dead=False) is DeviceState.NEVER_HEARD


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (TIME_OUT, "time_out"),
        (Failure(Fault.CRC, 9, None, "noise"), "crc: noise"),
        (Failure(Fault.EXCEPTION, 9, 4, "04"), "exception: 04"),
    ],
)
def test_a_failure_is_named_until_the_next_answer(failure: Failure, told: str) -> None:
    said = voice()
    said.heard([CLEAR], 5)
    badness = Sample("smoke", None, 9, bad(Reason.COMM_FAILURE))
    assert said.missed([badness], failure) == [badness]
    assert (said.last_fault, said.last_reply_us) == (told, 5)
    said.heard([CLEAR], 12)
    assert said.last_fault == ""


def test_the_state_follows_replies_and_faults() -> None:
    said = voice()
    assert said.state(is_dead=False) is DeviceState.NEVER_HEARD
    said.missed([], TIME_OUT)
    assert said.state(is_dead=False) is DeviceState.MISSING
    said.heard([], 10)
    assert said.state(is_dead=False) is DeviceState.ANSWERING
    assert said.state(is_dead=True) is DeviceState.DEAD


@pytest.mark.parametrize(
    ("qualities", "worst"),
    [
        ([GOOD, GOOD], GOOD),
        ([GOOD, uncertain(Reason.WARM_UP)], uncertain(Reason.WARM_UP)),
        ([bad(Reason.SENSOR_FAULT), uncertain(Reason.WARM_UP)], bad(Reason.SENSOR_FAULT)),
        ([uncertain(Reason.WARM_UP), bad(Reason.STALE), GOOD], bad(Reason.STALE)),
    ],
)
def test_the_worst_quality_of_the_newest_answer_is_kept(
    qualities: list[Quality], worst: Quality
) -> None:
    said = voice()
    said.heard([Sample("old", None, 1, bad(Reason.NEVER_READ))], 1)
    said.heard([Sample(f"p{n}", 1.0, 2, quality) for n, quality in enumerate(qualities)], 2)
    assert said.quality == worst


def test_an_answer_without_samples_leaves_the_quality() -> None:
    said = voice()
    said.heard([CLEAR], 1)
    said.heard([], 2)
    assert said.quality == GOOD


def test_in_test_mode_every_sample_and_the_health_say_so() -> None:
    said = voice(is_test=True)
    worse = Sample("service", None, 1, bad(Reason.SENSOR_FAULT))
    reported = said.heard([CLEAR, worse], 1) + said.missed([worse], TIME_OUT) + said.told([CLEAR])
    assert reported
    assert all(sample.quality.test for sample in reported)
    assert reported[0].quality.status is Status.GOOD
    assert not CLEAR.quality.test
    assert said.quality is not None
    assert said.quality.test
