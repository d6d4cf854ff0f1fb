"""What became of the polls or frames of one device: how good the way to it is."""

import msgspec


class LinkCount(msgspec.Struct, frozen=True):
    """What became of the polls of a device, or of the frames of one that talks by itself.

    Counted since the start. `wrong`: replies of another unit, function or length, or sooner than
    the wire could bring them. `late`: sound frames that nobody waited for any more. `refused`:
    frames of a stream that were thrown away, broken checksums aside. A device that says "no" (an
    exception) has a good link.
    """

    polls: int = 0
    good: int = 0
    time_outs: int = 0
    crc_errors: int = 0
    wrong: int = 0
    late: int = 0
    refused: int = 0
    reply_p50_us: int | None = None
    reply_p99_us: int | None = None
