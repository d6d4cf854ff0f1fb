"""How often the deliverer does what no event asks of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `look_s`: at the outbox when nothing wakes us; `commit_s`: after a refusing disk.

    `house_s`: between two looks at what is owed and what is old; `keep_s`: how long a settled
    delivery is remembered (fire alarm records are kept for a year; this is 400 days).
    """

    heartbeat_s: float = 30.0
    look_s: float = 0.5
    commit_s: float = 1.0
    house_s: float = 3_600.0
    keep_s: int = 400 * 86_400
