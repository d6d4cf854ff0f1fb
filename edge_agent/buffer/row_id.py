"""Row ids that say lane, epoch and seq, so that the table of rows needs no second index.

Ids of a lane rise with the number of the epoch, and within it with seq; none is used twice.
"""

from wire.topic import Lane

SEQ_BITS = 32
TOP_SEQ = (1 << SEQ_BITS) - 1
_EPOCH_BITS = 28
_LANES = (Lane.URGENT, Lane.BULK)

Span = tuple[int, int]


def row_id(lane: Lane, epoch_id: int, seq: int) -> int:
    return (_LANES.index(lane) << _EPOCH_BITS | epoch_id) << SEQ_BITS | seq


def parts(number: int) -> tuple[Lane, int, int]:
    """Lane, number of the epoch, and seq; raise ValueError for what is no row id."""
    place, seq = divmod(number, 1 << SEQ_BITS)
    lane, epoch_id = divmod(place, 1 << _EPOCH_BITS)
    if not 0 <= lane < len(_LANES):
        raise ValueError(f"{number} is no row id")
    return _LANES[lane], epoch_id, seq


def span_of_lane(lane: Lane) -> Span:
    """Lowest and highest id that a row of the lane can have."""
    return row_id(lane, 0, 0), row_id(lane, (1 << _EPOCH_BITS) - 1, (1 << SEQ_BITS) - 1)


def span_of_epoch(lane: Lane, epoch_id: int) -> Span:
    return row_id(lane, epoch_id, 0), row_id(lane, epoch_id, (1 << SEQ_BITS) - 1)
