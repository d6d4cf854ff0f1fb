"""The book of a lane notes what changed; an epoch knows when it is settled."""

from ingest_server.db.lane_book import Epoch, LaneBook
from wire.ranges import Ranges


def test_asking_for_an_epoch_makes_it_and_notes_it() -> None:
    book = LaneBook()
    assert book.epoch("a") is book.epoch("a")
    assert book.changed == {"a"}


def test_an_epoch_is_settled_when_all_from_its_floor_is_had_or_it_is_closed() -> None:
    epoch = Epoch("a", floor=3, last=5, had=Ranges([(3, 4)]))
    assert epoch.is_settled(4)
    assert not epoch.is_settled(5)
    epoch.closed = True
    assert epoch.is_settled(5)
