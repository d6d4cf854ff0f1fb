"""The words of an MQTT session: options, message, will, outcome of a publish, back-off."""

import ipaddress
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec

_MOST_DOUBLINGS = 16


class Outcome(StrEnum):
    """What became of a publish (MQTT 5 §3.4.2.1, reason codes of PUBACK)."""

    ACCEPTED = "accepted"
    NO_SUBSCRIBER = "no_subscriber"  # taken, but nobody has a session for it
    NOT_AUTHORISED = "not_authorised"
    TOO_LARGE = "too_large"
    QUOTA = "quota"
    TOPIC_INVALID = "topic_invalid"
    PAYLOAD_FORMAT = "payload_format"  # said to be UTF-8, and the broker does not think so
    REFUSED = "refused"  # for a reason that is the broker's own, or none
    LOST = "lost"  # no answer: the broker may or may not have it


_OUTCOMES = {
    0x00: Outcome.ACCEPTED,
    0x10: Outcome.NO_SUBSCRIBER,
    0x80: Outcome.REFUSED,  # unspecified error
    0x83: Outcome.REFUSED,  # implementation specific error
    0x87: Outcome.NOT_AUTHORISED,
    0x90: Outcome.TOPIC_INVALID,
    0x91: Outcome.REFUSED,  # packet identifier in use
    0x95: Outcome.TOO_LARGE,  # of DISCONNECT in the standard; brokers answer a PUBLISH so too
    0x97: Outcome.QUOTA,
    0x99: Outcome.PAYLOAD_FORMAT,
}


def outcome_of(reason_code: int) -> Outcome:
    """The outcome that a PUBACK's reason code states; an unknown code is REFUSED."""
    return _OUTCOMES.get(reason_code, Outcome.REFUSED)


class Farewell(StrEnum):
    """What becomes of the will when a session is ended on purpose."""

    WILL = "will"  # the broker publishes it at once
    CLEAN = "clean"  # the broker drops it


class Message(msgspec.Struct, frozen=True):
    """What the broker delivered. `mid` and `connection` serve `Session.acknowledge` alone."""

    topic: str
    payload: bytes
    properties: tuple[tuple[str, str], ...] = ()
    content_type: str | None = None
    retain: bool = False
    qos: int = 0
    mid: int = 0
    connection: int = 0


class Will(msgspec.Struct, frozen=True):
    """What the broker publishes for us when the connection dies."""

    topic: str
    payload: bytes
    retain: bool = True
    qos: int = 1


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Where and as whom to connect. Raise ValueError for plain text beyond loopback.

    `ca_file` None trusts the system's authorities. `cert_file` and `key_file`: a certificate of our
    own, for a broker that asks for one. With `clean_start` *every* connection begins
    without a session. A frozen broker is noticed within twice `keepalive_s`.
    """

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    tls: bool = True
    keepalive_s: int = 7
    session_expiry_s: int = 86_400
    receive_maximum: int = 100
    clean_start: bool = False
    reconnect_min_s: float = 1.0
    reconnect_max_s: float = 15.0

    @property
    def certificate(self) -> tuple[Path, Path | None] | None:
        """Our own and its key; None when we have none."""
        return None if self.cert_file is None else (self.cert_file, self.key_file)

    def __repr__(self) -> str:
        """Without the password."""
        return f"Options(host={self.host!r}, port={self.port}, client_id={self.client_id!r})"

    def __post_init__(self) -> None:
        if not self.tls and not is_loopback(self.host):
            raise ValueError(
                f"MQTT to {self.host}:{self.port} needs TLS: plain text is allowed on loopback only"
            )


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine: localhost, 127.0.0.0/8 or ::1."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def back_off(failures: int, options: Options, draw: Callable[[float, float], float]) -> float:
    """Seconds to wait after `failures` vain attempts: full jitter above `reconnect_min_s`.

    The ceiling is twice the minimum at first and doubles up to `reconnect_max_s`.
    """
    shortest = options.reconnect_min_s
    doubled = shortest * 2 ** min(failures + 1, _MOST_DOUBLINGS)
    return draw(shortest, max(shortest, min(options.reconnect_max_s, doubled)))
