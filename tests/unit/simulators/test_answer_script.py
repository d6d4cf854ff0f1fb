"""Answers come as told: the script first, then the standing one."""

import pytest

from simulators.answer_script import SCRIPT_LIMIT, AnswerScript, Mode, answer, answers_from


def test_ok_unless_told_otherwise() -> None:
    assert AnswerScript().take(is_alarm=True).status == 200


def test_script_then_standing() -> None:
    script = AnswerScript()
    script.add([answer("503"), answer("timeout")])
    script.standing = answer("reset")
    assert [script.take(is_alarm=True).text for _ in range(3)] == ["503", "timeout", "reset"]
    script.clear()
    assert script.take(is_alarm=True).text == "200"


def test_a_heartbeat_uses_up_nothing_meant_for_alarms() -> None:
    script = AnswerScript()
    script.add([answer(503)])
    assert script.take(is_alarm=False).text == "200"
    assert script.left == 1
    script.clear()
    script.add([answer(503, scope="all")])
    assert script.take(is_alarm=False).text == "503"


def test_standing_answer_for_alarms_only() -> None:
    script = AnswerScript()
    script.standing = answer(503)
    assert script.take(is_alarm=False).text == "200"
    assert script.take(is_alarm=True).text == "503"


def test_429_has_a_retry_after() -> None:
    assert answer(429).retry_after_s == 1
    assert answer("429", retry_after_s=7).retry_after_s == 7
    assert answer("reset").mode is Mode.RESET


@pytest.mark.parametrize("mode", ["99", "600", "perhaps", "", "²00"])
def test_what_is_no_answer(mode: str) -> None:
    with pytest.raises(ValueError, match="not a status"):
        answer(mode)


def test_answers_from_a_control_request() -> None:
    made = answers_from({"mode": "429", "count": 2, "retry_after": 3, "scope": "all"})
    assert [one.text for one in made] == ["429", "429"]
    assert made[0].retry_after_s == 3


@pytest.mark.parametrize(
    ("order", "about"),
    [
        ({}, "mode"),
        ({"mode": "503", "cuont": 2}, "mode"),
        ({"mode": "503", "count": 0}, "count"),
        ({"mode": "503", "count": "2"}, "count"),
        ({"mode": "503", "retry_after": "soon"}, "retry_after"),
        ({"mode": "503", "scope": "some"}, "some"),
        ({"mode": []}, "not a status"),
    ],
)
def test_wrong_control_requests(order: dict[str, object], about: str) -> None:
    with pytest.raises(ValueError, match=about):
        answers_from(order)


def test_the_script_is_bounded() -> None:
    script = AnswerScript()
    script.add([answer(503)] * SCRIPT_LIMIT)
    with pytest.raises(ValueError, match="at most"):
        script.add([answer(503)])
