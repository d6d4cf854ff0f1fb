"""Stands for the module `ssl` in a library that names its errors on plain links too."""

from runtime.lazy_import import Later


class NeverRaisedError(OSError):
    """What only a link with TLS raises."""


class NoTls(Later):
    """Knows the two errors that paho looks for at each read; all else loads the true module."""

    SSLWantReadError = NeverRaisedError
    SSLWantWriteError = NeverRaisedError
