"""From the tables of local actions to what the agent works with: every rule resolved."""

from collections.abc import Iterable, Mapping

from edge_agent.config.check_local_actions import meant
from edge_agent.config.local_plan import LocalActionConfig
from edge_agent.config.model import DeviceConfig
from edge_agent.config.tables import LocalActionTable


def local_actions(
    tables: Mapping[str, LocalActionTable], devices: Iterable[DeviceConfig]
) -> tuple[LocalActionConfig, ...]:
    """What `check_local_actions` found sound; a rule that the site switched off is left out."""
    rules = {device.id: device.rules.rules for device in devices}
    return tuple(
        LocalActionConfig(
            name=name,
            when=tuple(
                (when.device, rule)
                for when in one.when
                for rule in meant(rules[when.device], when.rule)
            ),
            device=one.device,
            action=one.action,
            undo=one.undo,
            undo_after_us=one.undo_after,
            delay_us=one.delay,
            at_most_every_us=one.at_most_every,
            only_when_cut_off=one.only_when_cut_off,
            in_test=one.in_test,
        )
        for name, one in tables.items()
    )
