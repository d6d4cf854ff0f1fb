"""What a document says of a link that was never used, and of one with faults."""

from edge_agent.link_count import LinkCount
from edge_agent.own_document import link_document, local_action_document, machine_document
from edge_agent.own_health import LocalActionHealth, MachineHealth


def test_links() -> None:
    fresh = link_document(LinkCount())
    assert (fresh.good, fresh.faults, fresh.reply_p50_ms) == (None, {}, None)
    used = link_document(LinkCount(10, 9, time_outs=1, reply_p50_us=20_500, reply_p99_us=90_000))
    assert (used.good, used.faults) == (0.9, {"time_outs": 1})
    assert (used.reply_p50_ms, used.reply_p99_ms) == (20.5, 90.0)


def test_local_actions_have_an_age_once_they_acted() -> None:
    new = LocalActionHealth("siren", "siren-01", "sound", "idle", "no_alarm")
    assert local_action_document(new, 9_000_000).since_s is None
    acted = LocalActionHealth("siren", "siren-01", "sound", "acted", "holds", 2_000_000)
    assert local_action_document(acted, 9_000_000).since_s == 7.0


def test_a_machine() -> None:
    assert machine_document(MachineHealth(disk_free=5)).disk_free == 5
