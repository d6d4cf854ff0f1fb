import gc
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from runtime.tls import client_context
from tests.patience import PATIENCE_S


def test_the_peer_is_verified() -> None:
    context = client_context(None)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_missing_authority_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"ca\.pem is no file of certificates"):
        client_context(tmp_path / "ca.pem")


def test_a_file_without_a_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(OSError, match=r"ca\.pem is no file of certificates"):
        client_context(tmp_path / "ca.pem")


def test_a_certificate_of_our_own_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"own\.pem is no certificate with its key"):
        client_context(None, (tmp_path / "own.pem", None))


def test_a_peer_that_asks_for_a_certificate_gets_ours(tmp_path: Path) -> None:
    file = tmp_path / "own.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(file), "-out", str(tmp_path / "certificate")),
        ],
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + (tmp_path / "certificate").read_text())
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    asking.load_cert_chain(file)
    asking.load_verify_locations(file)
    asking.verify_mode = ssl.CERT_REQUIRED
    seen: list[object] = []

    def ask() -> None:
        talk, _ = listening.accept()
        with asking.wrap_socket(talk, server_side=True) as sealed:
            seen.append(sealed.getpeercert())
            sealed.sendall(b"!")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        peer = threading.Thread(target=ask)
        peer.start()
        plain = socket.create_connection(listening.getsockname())
        context = client_context(file, (file, None))
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as sealed:
            assert sealed.recv(1) == b"!"
        peer.join(PATIENCE_S)
    assert "127.0.0.1" in str(seen)


def test_a_handshake_that_fails_leaves_no_socket_open() -> None:
    def answer_in_plain_text() -> None:
        talk, _ = listening.accept()
        with talk:
            talk.sendall(b"220 not TLS\r\n")
            talk.recv(1024)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        peer = threading.Thread(target=answer_in_plain_text)
        peer.start()
        plain = socket.create_connection(listening.getsockname())
        wrapped = client_context(None).wrap_socket(
            plain, server_hostname="localhost", do_handshake_on_connect=False
        )
        with pytest.raises(ssl.SSLError):
            wrapped.do_handshake()
        assert wrapped.fileno() == -1
        peer.join(PATIENCE_S)
    del wrapped
    gc.collect()  # a socket left open would warn, and warnings are errors
