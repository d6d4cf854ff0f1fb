"""What a local action of this gateway is to do, with every rule resolved."""

import msgspec

from alarm_rules.rule import Rule


class LocalActionConfig(msgspec.Struct, frozen=True):
    """What this gateway does by itself while one of the rules (device, rule) holds.

    See edge_agent.config.tables.LocalActionTable; durations are microseconds.
    """

    name: str
    when: tuple[tuple[str, Rule], ...]
    device: str
    action: str
    undo: str | None
    undo_after_us: int | None
    delay_us: int
    at_most_every_us: int
    only_when_cut_off: bool
    in_test: bool
