"""The API as an outsider uses it, against a real HTTP server: token, JSON, and every refusal."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.broker import free_port
from simulators.server_api import ApiError, ServerApi
from tests.scripted_server import ScriptedServer, scripted_server


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def token(tmp_path: Path) -> Path:
    file = tmp_path / "api.token"
    file.write_text("t0ken\n")
    return file


@pytest.fixture
def api(server: ScriptedServer, token: Path) -> ServerApi:
    return ServerApi(server.url, token)


def test_get_brings_json_and_shows_the_token(api: ServerApi, server: ScriptedServer) -> None:
    server.answers["/v1/alarms?state=open"] = (200, {"items": [1, "二"]})
    assert api.get("/v1/alarms?state=open") == {"items": [1, "二"]}
    (asked,) = server.asked
    assert (asked.method, asked.authorization, asked.body) == ("GET", "Bearer t0ken", b"")


def test_post_sends_json(api: ServerApi, server: ScriptedServer) -> None:
    server.answers["/v1/alarms/a/reset"] = (200, {"revision": 4})
    body = {"actor": "王芳", "comment": 'she said "clear"'}
    assert api.post("/v1/alarms/a/reset", body) == {"revision": 4}
    (asked,) = server.asked
    assert (asked.method, asked.content_type) == ("POST", "application/json")
    assert json.loads(asked.body) == body


def test_before_the_server_has_made_its_token_none_is_shown(
    api: ServerApi, server: ScriptedServer, token: Path
) -> None:
    server.answers["/readyz"] = (200, {})
    text = token.read_text()
    token.unlink()
    assert api.is_ready()
    token.write_text(text)
    assert api.is_ready()
    assert [asked.authorization for asked in server.asked] == [None, "Bearer t0ken"]


def test_an_empty_answer_is_none(api: ServerApi, server: ScriptedServer) -> None:
    server.answers["/v1/alarms/a/shelve"] = (200, b"")
    assert api.post("/v1/alarms/a/shelve", {}) is None


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500, 503])
def test_a_refusal_is_told_with_its_status_and_words(
    api: ServerApi, server: ScriptedServer, status: int
) -> None:
    server.answers["/v1/x"] = (status, {"detail": "the reason"})
    with pytest.raises(ApiError, match=rf"GET /v1/x: {status} .*the reason") as refused:
        api.get("/v1/x")
    assert refused.value.status == status


def test_a_long_refusal_is_cut(api: ServerApi, server: ScriptedServer) -> None:
    server.answers["/v1/x"] = (500, b"\xff" * 100_000)
    with pytest.raises(ApiError) as refused:
        api.get("/v1/x")
    assert len(str(refused.value)) < 400


def test_what_is_no_json_is_a_refusal_without_status(
    api: ServerApi, server: ScriptedServer
) -> None:
    server.answers["/v1/x"] = (200, b"<html>")
    with pytest.raises(ApiError, match="GET /v1/x") as refused:
        api.get("/v1/x")
    assert refused.value.status is None


def test_a_server_that_is_away_is_told_so(token: Path) -> None:
    api = ServerApi(f"http://127.0.0.1:{free_port()}", token)
    with pytest.raises(ApiError, match=r"POST /v1/x: .*refused") as away:
        api.post("/v1/x", {})
    assert away.value.status is None
    assert not api.is_ready()


def test_a_server_that_is_up_and_not_ready_is_not_ready(
    api: ServerApi, server: ScriptedServer
) -> None:
    server.answers["/readyz"] = (503, {"intake": "starting"})
    assert not api.is_ready()
    server.answers["/readyz"] = (200, {"intake": "ok"})
    assert api.is_ready()
