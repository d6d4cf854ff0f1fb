"""Quality as text: what is written, what is read."""

import pytest

from wire.quality import GOOD, Limit, Quality, Reason, Status, bad, parse_quality, uncertain
from wire.refusal import WireError


@pytest.mark.parametrize(
    ("quality", "text"),
    [
        (GOOD, "good/ok"),
        (bad(Reason.COMM_FAILURE), "bad/comm_failure"),
        (uncertain("drifting", Limit.CONSTANT), "uncertain/drifting/constant"),
        (Quality(limit=Limit.HIGH, test=True), "test/good/ok/high"),
        (Quality(Status.BAD, Reason.INHIBITED, Limit.LOW, test=True), "test/bad/inhibited/low"),
    ],
)
def test_is_written_and_read(quality: Quality, text: str) -> None:
    assert str(quality) == text
    assert parse_quality(text) == quality


@pytest.mark.parametrize(
    "text",
    [
        "",
        "good",
        "good/",
        "good/ok/none",
        "good/OK",
        "bad/x/high/low",
        "test/test/good/ok",
        "GOOD/ok",
        "good/ok ",
        "good/" + "x" * 33,
        "\U0001d7d8/ok",
    ],
)
def test_anything_else_is_no_quality(text: str) -> None:
    with pytest.raises(WireError, match="quality_grammar"):
        parse_quality(text)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_ours_can_travel(reason: Reason) -> None:
    assert parse_quality(str(uncertain(reason))).reason == reason
