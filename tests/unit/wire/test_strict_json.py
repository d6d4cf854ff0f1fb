"""Reading JSON: three failures, three names."""

import msgspec
import pytest

from wire.refusal import Refusal, WireError
from wire.strict_json import read

DECODER = msgspec.json.Decoder(list[int])


def test_returns_the_typed_value_up_to_the_limit() -> None:
    assert read(DECODER, b"[1,2]", 5) == [1, 2]


@pytest.mark.parametrize(
    ("reason", "payload"),
    [
        (Refusal.TOO_LARGE, b"[1, 2]"),
        (Refusal.WRONG_SHAPE, b'["1"]'),
        (Refusal.NOT_JSON, b"[1"),
        (Refusal.NOT_JSON, b'["\xe9"'),
        (Refusal.NOT_JSON, b""),
    ],
)
def test_refuses_by_name(reason: Refusal, payload: bytes) -> None:
    with pytest.raises(WireError) as refused:
        read(DECODER, payload, 5)
    assert refused.value.reason is reason
