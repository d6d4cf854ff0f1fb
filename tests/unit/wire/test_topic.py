"""Topics: written, read, subscribed."""

import pytest

from wire.topic import SHARDS, Down, Up, UpTopic, down, parse_down, parse_up, shard, up, up_filters


@pytest.mark.parametrize(
    ("gateway", "number"), [("123456789", 0xCBF43926 % 64), ("gw-001", 36), ("esp-7", 34), ("a", 3)]
)
def test_the_shard_of_a_gateway_never_changes(gateway: str, number: int) -> None:
    """The first is the check value of CRC-32 in every catalogue of checksums."""
    assert shard(gateway) == number


@pytest.mark.parametrize("kind", list(Up))
def test_up_is_written_and_read(kind: Up) -> None:
    assert up("gw-001", kind) == f"lifeline/1/up/36/gw-001/{kind}"
    assert parse_up(up("gw-001", kind)) == UpTopic("gw-001", kind)


@pytest.mark.parametrize("kind", list(Down))
def test_down_is_written_and_read(kind: Down) -> None:
    assert down("gw-001", kind) == f"lifeline/1/down/gw-001/{kind}"
    assert parse_down(down("gw-001", kind)) == ("gw-001", kind)


def test_a_session_subscribes_to_its_shards_or_to_all() -> None:
    assert up_filters(range(2), [Up.URGENT, Up.BIRTH]) == [
        "lifeline/1/up/00/+/urgent",
        "lifeline/1/up/00/+/birth",
        "lifeline/1/up/01/+/urgent",
        "lifeline/1/up/01/+/birth",
    ]
    assert up_filters([7], [Up.BULK]) == ["lifeline/1/up/07/+/bulk"]
    assert up_filters(range(SHARDS), [Up.BULK]) == ["lifeline/1/up/+/+/bulk"]
