"""JSON bytes to a typed struct, within a size; its failures become refusals here and only here."""

from typing import TypeVar

import msgspec

from wire.refusal import Refusal, WireError

T = TypeVar("T")


def read(decoder: msgspec.json.Decoder[T], payload: bytes, limit: int) -> T:
    """Raise WireError: TOO_LARGE, NOT_JSON (also when it is not UTF-8), WRONG_SHAPE.

    Of a field that stands twice in one object the last counts (RFC 8259 section 4 leaves it open);
    a field of an unknown name is passed over.
    """
    if len(payload) > limit:
        raise WireError(Refusal.TOO_LARGE, f"{len(payload)} bytes, at most {limit}")
    try:
        payload.decode()  # fields passed over are not looked into, and must be UTF-8 all the same
        return decoder.decode(payload)
    except msgspec.ValidationError as error:
        raise WireError(Refusal.WRONG_SHAPE, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(Refusal.NOT_JSON, str(error)) from error
