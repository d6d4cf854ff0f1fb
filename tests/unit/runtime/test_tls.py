import gc
import socket
import ssl
import threading
from pathlib import Path

import pytest

from runtime.tls import client_context


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
        peer.join(5)
    del wrapped
    gc.collect()  # a socket left open would warn, and warnings are errors
