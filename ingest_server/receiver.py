"""Who is told of an alarm, with which secrets, and what may be said of where it happened."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from alarm_rules.rule import AlarmClass, Severity

SECRET_BYTES = range(24, 65)  # Standard Webhooks 1.0.0, "Signature scheme": 24 to 64 random bytes
_SECRET_PREFIX = "whsec_"  # noqa: S105 - the public prefix of every secret, not one
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class ReceiverError(ValueError):
    """A receiver can not be used as written. The text names the key, never the secret."""


class Match(StrEnum):
    """Why a receiver is told of an alarm, or is not."""

    WANTED = "wanted"
    OTHER_CLASS = "other_class"
    OTHER_SEVERITY = "other_severity"
    NOT_LIFE_SAFETY = "not_life_safety"
    OTHER_GATEWAY = "other_gateway"
    OTHER_PLACE = "other_place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a device stands. `component_code`: GB/T 30428; coordinates in degrees, WGS-84."""

    id: str
    division: str | None = None  # administrative division, GB/T 2260 code or name
    grid: str | None = None  # cell of the city's management grid
    component_code: str | None = None
    address: str | None = None
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One alarm centre. Raises ReceiverError when made with an id, URL or secret of no use.

    `secrets`: raw keys, the newest first; every attempt is signed with all of them, so that the
    centre can change from one to the next. An empty filter lets everything through. The URL stays
    out of repr beside the secrets, for many centres put a token into it.
    `allow_private`: may stand on a private or loopback address, and there without TLS.
    `heartbeat_s`: seconds between two heartbeats to it, None for the usual.
    """

    id: str
    url: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    classes: frozenset[AlarmClass] = frozenset()
    severities: frozenset[Severity] = frozenset()
    gateways: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    life_safety_only: bool = False
    allow_private: bool = False
    heartbeat_s: float | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ReceiverError(f"id {self.id!r}: use a-z, 0-9 and -, at most 64 characters")
        _check_url(self.url)
        if not self.secrets:
            raise ReceiverError("secrets: at least one is needed to sign with")
        if any(len(secret) not in SECRET_BYTES for secret in self.secrets):
            raise ReceiverError("secrets: a secret has 24 to 64 bytes")


def parse_secret(text: str) -> bytes:
    """`whsec_` and base64 (padding optional) to the raw key; raise ReceiverError otherwise."""
    encoded = text.strip()
    if not encoded.startswith(_SECRET_PREFIX):
        raise ReceiverError("secret: must begin with whsec_")
    encoded = encoded.removeprefix(_SECRET_PREFIX)
    try:
        secret = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ReceiverError("secret: what follows whsec_ is not base64") from None
    if len(secret) not in SECRET_BYTES:
        raise ReceiverError(f"secret: has {len(secret)} bytes, must have 24 to 64")
    return secret


def match(
    receiver: Receiver,
    *,
    alarm_class: AlarmClass,
    severity: Severity,
    life_safety: bool,
    gateway: str,
    place: str | None,
) -> Match:
    """Whether the receiver's filters let an alarm through, or the first one that does not."""
    if receiver.classes and alarm_class not in receiver.classes:
        return Match.OTHER_CLASS
    if receiver.severities and severity not in receiver.severities:
        return Match.OTHER_SEVERITY
    if receiver.life_safety_only and not life_safety:
        return Match.NOT_LIFE_SAFETY
    if receiver.gateways and gateway not in receiver.gateways:
        return Match.OTHER_GATEWAY
    if receiver.places and place not in receiver.places:
        return Match.OTHER_PLACE
    return Match.WANTED


def _check_url(url: str) -> None:
    """Raise ReceiverError. The text never quotes the URL: it may hold a token."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ReceiverError("url: can not be read; write https://host/path") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ReceiverError("url: write https://host/path (http only on a private address)")
    if parts.username is not None or parts.password is not None:
        raise ReceiverError("url: no user or password; deliveries are signed with `secrets`")
    if not url.isascii() or any(letter.isspace() or not letter.isprintable() for letter in url):
        raise ReceiverError("url: write it in ASCII without spaces (percent-encoded, xn--)")
