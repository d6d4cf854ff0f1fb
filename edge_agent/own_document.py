"""Links, the computer and local actions as parts of the JSON that the agent's socket gives."""

import msgspec

from edge_agent.link_count import LinkCount
from edge_agent.own_health import LocalActionHealth, MachineHealth


class LinkDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Polls, or frames of a device that talks by itself, since the start; `good`: their share."""

    polls: int
    good: float | None
    faults: dict[str, int]
    reply_p50_ms: float | None
    reply_p99_ms: float | None


class LocalActionDocument(msgspec.Struct, frozen=True, kw_only=True):
    """`since_s`: for how long it has been in this state, null before it ever acted."""

    name: str
    device: str
    action: str
    state: str
    reason: str
    since_s: float | None
    holding: tuple[str, ...]
    detail: str


class MachineDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Null what this machine does not say; bytes, and degrees Celsius."""

    memory: int | None = None
    disk_free: int | None = None
    temperature: float | None = None


def machine_document(machine: MachineHealth) -> MachineDocument:
    return MachineDocument(
        memory=machine.memory, disk_free=machine.disk_free, temperature=machine.temperature
    )


def milliseconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1_000


def local_action_document(one: LocalActionHealth, now_us: int) -> LocalActionDocument:
    return LocalActionDocument(
        name=one.name,
        device=one.device,
        action=one.action,
        state=one.state,
        reason=one.reason,
        since_s=None if one.since_us is None else max(now_us - one.since_us, 0) / 1_000_000,
        holding=one.holding,
        detail=one.detail,
    )


def link_document(count: LinkCount) -> LinkDocument:
    faults = {
        "time_outs": count.time_outs,
        "crc_errors": count.crc_errors,
        "wrong": count.wrong,
        "late": count.late,
        "refused": count.refused,
    }
    return LinkDocument(
        polls=count.polls,
        good=round(count.good / count.polls, 4) if count.polls else None,
        faults={name: number for name, number in faults.items() if number},
        reply_p50_ms=milliseconds(count.reply_p50_us),
        reply_p99_ms=milliseconds(count.reply_p99_us),
    )
