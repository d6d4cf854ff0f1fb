"""The one who speaks with InfluxDB: every way in which a request can end is an answer."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ingest_server.config_store import InfluxConfig
from ingest_server.store.influx import Influx
from ingest_server.store.port import StoreError
from simulators.broker import free_port


@asynccontextmanager
async def answering(said: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Somebody on a port who says the same to every request, and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]


def http(status: str, body: str = "", *heads: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *heads, "", body]
    return "\r\n".join(lines).encode()


def config(port: int, scheme: str = "http", ca_file: Path | None = None) -> InfluxConfig:
    return InfluxConfig(
        url=f"{scheme}://127.0.0.1:{port}",
        org="o",
        bucket="b",
        token="t",  # noqa: S106 - of nothing
        ca_file=ca_file,
    )


def certificate(folder: Path) -> tuple[Path, Path]:
    """Of 127.0.0.1, signed by itself, and its key."""
    file, key = folder / "server.crt", folder / "server.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(file)),
        ],
        check=True,
        capture_output=True,
    )
    return file, key


@pytest.mark.parametrize(
    ("said", "status", "text", "after_s"),
    [
        (http("204 No Content"), 204, "", None),
        (http("200 OK", "welcome"), None, "not as InfluxDB 2", None),
        (http("302 Found", "", "Location: /login"), 302, "", None),
        (http("400 Bad Request", '{"message": "unable to parse"}'), 400, "unable to parse", None),
        (http("429 Too Many Requests", "", "Retry-After: 7"), 429, "", 7.0),
        (http("503 Unavailable", "<html>", "Retry-After: soon"), 503, "Unavailable", None),
        (b"", None, "isconnected", None),
        (b"SSH-2.0-OpenSSH\r\n", None, "", None),
    ],
)
async def test_every_end_of_a_write_is_an_answer(
    said: bytes, status: int | None, text: str, after_s: float | None
) -> None:
    async with answering(said) as port, Influx(config(port)) as client:
        answer = await client.write(b"# nothing")
    assert (answer.status, answer.after_s) == (status, after_s)
    assert text in answer.text


async def test_nobody_there_and_no_such_host() -> None:
    async with Influx(config(free_port())) as client:
        assert (await client.write(b"#")).status is None
        with pytest.raises(StoreError, match="InfluxDB at http://127"):
            await client.query("buckets()")
    nowhere = InfluxConfig(url="http://no.such.invalid:1", org="o", bucket="b", token="t")  # noqa: S106 - a token for nobody
    async with Influx(nowhere) as client:
        assert (await client.write(b"#")).status is None


async def test_a_refused_query_says_why() -> None:
    said = http("401 Unauthorized", '{"message": "unauthorized access"}')
    async with answering(said) as port, Influx(config(port)) as client:
        with pytest.raises(StoreError, match="HTTP 401 unauthorized access; check the token"):
            await client.query("buckets()")


async def test_who_does_not_answer_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        async with Influx(config(mute.getsockname()[1]), patience_s=0.05) as client:
            answer = await client.write(b"#")
            assert (answer.status, answer.text) == (None, "no answer in time")
            with pytest.raises(StoreError, match="no answer in time"):
                await client.query("buckets()")


async def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    tmp_path: Path,
) -> None:
    file, key = await asyncio.to_thread(certificate, tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(file, key)
    async with answering(http("204 No Content"), tls) as port:
        async with Influx(config(port, "https")) as client:
            assert "certificate" in (await client.write(b"#")).text.lower()
        async with Influx(config(port, "https", file)) as client:
            assert (await client.write(b"#")).status == 204


async def test_closed_it_says_so() -> None:
    client = Influx(config(1))
    with pytest.raises(StoreError, match="closed"):
        await client.write(b"#")
