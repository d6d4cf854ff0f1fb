"""What a commit has just made of a lane, so that it can leave without being looked up."""

import msgspec

from edge_agent.buffer.leaving import ENVELOPE_BYTES, Wanted
from edge_agent.buffer.rows import Row
from wire.statement import Statement

FRESH_US = 1_000_000
"""After that time it is looked up like all others."""


class Fresh(msgspec.Struct, frozen=True):
    """Neighbours, each with what is to be stated with it: as things stood when they came.

    At least one. `mono_us`: when they were committed. Nothing of their lane was committed after
    them, as long as they are kept.
    """

    rows: tuple[Row, ...]
    statements: tuple[Statement, ...]
    mono_us: int

    def is_next(self, wanted: Wanted, now_us: int) -> bool:
        """Whether a look at the file would find these rows, and nothing else."""
        first = self.rows[0]
        size = sum(len(row.payload) + ENVELOPE_BYTES for row in self.rows)
        return (
            wanted.lane is first.lane
            and wanted.until is None
            and wanted.after + 1 == first.id
            and len(self.rows) <= wanted.most
            and size <= wanted.size
            and now_us - self.mono_us <= FRESH_US
        )
