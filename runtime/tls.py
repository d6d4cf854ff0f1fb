"""TLS for clients: verify the peer's chain and name, and leak no socket when that fails."""

import ssl
from pathlib import Path


class _Socket(ssl.SSLSocket):
    """paho forgets the socket when the handshake fails; this one closes itself."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - as in ssl
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def client_context(
    ca_file: Path | None, own: tuple[Path, Path | None] | None = None
) -> ssl.SSLContext:
    """TLS 1.2 or newer; trusts the authorities in `ca_file`, else the system's.

    `own`: a certificate and its key (None: in the same file), for a peer that asks for one.
    Raise OSError naming a file that can not be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise OSError(f"{ca_file} is no file of certificates (PEM): {error}") from error
    if own is not None:
        try:
            context.load_cert_chain(*own)
        except OSError as error:
            raise OSError(f"{own[0]} is no certificate with its key (PEM): {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _Socket
    return context
