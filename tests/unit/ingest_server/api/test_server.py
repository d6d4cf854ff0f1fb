"""The HTTP server in our loop: its port, its TLS, and an end that comes whatever clients do."""

import asyncio
import signal
import ssl
import subprocess
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from ingest_server.api.server import ApiServer, BindError
from ingest_server.config_api import ApiConfig
from tests.patience import PATIENCE_S

CONFIG = ApiConfig(
    host="127.0.0.1",
    port=0,
    url="",
    token=None,
    token_file=Path("unused"),
    tls_certificate=None,
    tls_key=None,
)


async def hello(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def endless(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await asyncio.sleep(0.01)


async def test_it_answers_on_the_port_that_it_took_and_gives_it_back() -> None:
    server = ApiServer(hello, CONFIG)
    server.bind()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(server.run())
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
            assert (await client.get(server.url)).text == "hello"
        task.cancel()
    second = ApiServer(hello, replace(CONFIG, port=httpx.URL(server.url).port or 0))
    second.bind()
    second.close()


async def test_a_taken_port_is_named() -> None:
    first = ApiServer(hello, CONFIG)
    first.bind()
    second = ApiServer(hello, replace(CONFIG, port=httpx.URL(first.url).port or 0))
    with pytest.raises(BindError, match="choose another"):
        second.bind()
    first.close()


async def test_a_foreign_address_is_named() -> None:
    with pytest.raises(BindError, match=r"198\.51\.100\.7"):
        ApiServer(hello, replace(CONFIG, host="198.51.100.7")).bind()


async def test_a_certificate_of_no_use_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.crt").write_text("no")
    config = replace(CONFIG, tls_certificate=tmp_path / "no.crt", tls_key=tmp_path / "no.crt")
    with pytest.raises(BindError, match="tls_certificate"):
        ApiServer(hello, config).bind()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 that signs itself, in one file with its key."""
    key, certificate = tmp_path / "key.pem", tmp_path / "crt.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    certificate.write_text(certificate.read_text() + key.read_text())
    return certificate


async def test_tls(certificate: Path) -> None:
    server = ApiServer(hello, replace(CONFIG, tls_certificate=certificate, tls_key=certificate))
    server.bind()
    assert server.url.startswith("https://")
    trust = ssl.create_default_context(cafile=certificate)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(server.run())
        async with httpx.AsyncClient(verify=trust, trust_env=False, timeout=PATIENCE_S) as client:
            assert (await client.get(server.url)).text == "hello"
        task.cancel()


async def test_an_open_stream_does_not_keep_it_alive() -> None:
    server = ApiServer(endless, CONFIG)
    server.bind()
    loop = asyncio.get_running_loop()
    async with (
        asyncio.TaskGroup() as group,
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client,
    ):
        task = group.create_task(server.run())
        async with client.stream("GET", server.url) as answer:
            assert answer.status_code == 200
            began = loop.time()
            task.cancel()
            await asyncio.wait([task])
            assert loop.time() - began < 5


async def test_signals_stay_the_programs_business() -> None:
    before = signal.getsignal(signal.SIGTERM)
    server = ApiServer(hello, CONFIG)
    server.bind()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(server.run())
        await asyncio.sleep(0.02)
        assert signal.getsignal(signal.SIGTERM) is before
        task.cancel()


async def test_it_is_bound_before_it_runs() -> None:
    with pytest.raises(RuntimeError, match="bind"):
        await ApiServer(hello, CONFIG).run()
