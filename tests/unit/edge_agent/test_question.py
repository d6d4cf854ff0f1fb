"""Words and the head of a GET are understood; anything else is a question that nobody knows."""

import pytest

from edge_agent.question import Question, Topic, framed, parse


@pytest.mark.parametrize(
    ("line", "question"),
    [
        (b"", Question(Topic.HEALTH)),
        (b"\n", Question(Topic.HEALTH)),
        (b"health\n", Question(Topic.HEALTH)),
        (b"metrics\n", Question(Topic.METRICS)),
        (b"frames\n", Question(Topic.FRAMES)),
        (b"frames shed\n", Question(Topic.FRAMES, "shed")),
        (b"reboot now\n", Question(Topic.UNKNOWN, "now")),
        (b"\xff\x00\n", Question(Topic.UNKNOWN)),
        (b"GET / HTTP/1.1\r\n", Question(Topic.HEALTH, "", is_http=True)),
        (b"GET /metrics HTTP/1.1\r\n", Question(Topic.METRICS, "", is_http=True)),
        (b"GET /metrics?x=1 HTTP/1.0\r\n", Question(Topic.METRICS, "", is_http=True)),
        (b"GET /frames/shed HTTP/1.1\r\n", Question(Topic.FRAMES, "shed", is_http=True)),
        (b"GET /../etc HTTP/1.1\r\n", Question(Topic.UNKNOWN, "etc", is_http=True)),
        (b"GET", Question(Topic.HEALTH, "", is_http=True)),
    ],
)
def test_first_lines(line: bytes, question: Question) -> None:
    assert parse(line) == question


def test_http_gets_a_head_and_others_the_bare_answer() -> None:
    assert framed(Question(Topic.METRICS), b"x 1\n", "text/plain") == b"x 1\n"
    answer = framed(Question(Topic.METRICS, is_http=True), b"x 1\n", "text/plain")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Content-Length: 4" in head
    assert body == b"x 1\n"
    assert framed(Question(Topic.UNKNOWN, is_http=True), b"", "x").startswith(b"HTTP/1.1 404 ")
