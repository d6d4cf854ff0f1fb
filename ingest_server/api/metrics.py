"""The figures of this server for Prometheus."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Response

from ingest_server.api.ledger import total
from ingest_server.api.office import Office
from ingest_server.db.alarm_counts import count_open_alarms
from ingest_server.db.command_book import count_by_state
from ingest_server.db.cursor import Cursor, read_cursor
from ingest_server.db.delivery import Backlog
from ingest_server.db.delivery_list import backlog
from ingest_server.db.journal import Kind, Waiting, lane_states, waiting
from ingest_server.db.lane_table import lanes, load_lane
from ingest_server.db.quarantine import counts
from ingest_server.health import Vitals
from ingest_server.intake.sequence import Account, account
from runtime.exposition import MEDIA_TYPE, Figure, Sort, by, figure, render, this_process
from wire.topic import Lane

_SECOND_US = 1_000_000
_OF_CURSOR = {
    "alarm.urgent": (Kind.URGENT, Kind.BIRTH, Kind.STATUS),
    "alarm.bulk": (Kind.BULK,),
    "control": (Kind.RESULT,),
    "store": (Kind.URGENT, Kind.BULK),
}


@dataclass(frozen=True, slots=True)
class _Book:
    """What book.db says at one instant."""

    cursors: dict[str, int]
    alarms: dict[tuple[str, str], int]
    deliveries: list[Backlog]
    commands: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Journal:
    """What journal.db says at one instant."""

    ledgers: dict[Lane, Account]
    waiting: dict[str, Waiting]
    quarantine: dict[str, int]
    heard: dict[str, int]
    through: list[int]


def router(office: Office) -> APIRouter:
    """/metrics."""
    made = APIRouter(include_in_schema=False)

    @made.get("/metrics")
    async def metrics() -> Response:
        """Everything at one instant: two databases are read, nothing is kept."""
        book = await office.read(office.book, _read_book)
        async with office.readers:
            book.cursors["store"] = await office.store.cursor()
        journal = await office.read(
            office.journal, lambda journal: _read_journal(journal, book.cursors)
        )
        now_us = office.clock.utc_us()
        figures = [
            *_of_journal(journal, now_us),
            _of_gateways(journal, now_us - office.gateway_silent_us),
            *_of_book(book, now_us),
            *_of_vitals(office.vitals()),
            *this_process(),
        ]
        return Response(render(figures), headers={"content-type": MEDIA_TYPE})

    return made


def _read_book(book: sqlite3.Connection) -> _Book:
    return _Book(
        {cursor.value: read_cursor(book, cursor) for cursor in Cursor},
        count_open_alarms(book),
        backlog(book),
        count_by_state(book),
    )


def _read_journal(journal: sqlite3.Connection, cursors: Mapping[str, int]) -> _Journal:
    accounts: dict[Lane, list[Account]] = {lane: [] for lane in Lane}
    for gateway, lane in lanes(journal):
        book = load_lane(journal, gateway, lane)
        accounts[lane].append(total(account(epoch) for epoch in book.epochs.values()))
    states = lane_states(journal)
    return _Journal(
        ledgers={lane: total(each) for lane, each in accounts.items()},
        waiting={
            name: waiting(journal, kinds, cursors.get(name, 0))
            for name, kinds in _OF_CURSOR.items()
        },
        quarantine=counts(journal),
        heard={one.gateway: one.arrival_us for one in states if one.lane is Lane.URGENT},
        through=[one.through_us for one in states if one.through_us is not None],
    )


def _of_journal(journal: _Journal, now_us: int) -> list[Figure]:
    entries = {name: one.entries for name, one in journal.waiting.items()}
    lags = {
        name: 0.0 if one.oldest_us is None else max(now_us - one.oldest_us, 0) / _SECOND_US
        for name, one in journal.waiting.items()
    }
    behind_us = max((now_us - through for through in journal.through), default=0)
    return [
        figure(
            "lifeline_readings",
            Sort.GAUGE,
            "Where the readings are that gateways took; taken is the sum of the others",
            [
                ({"lane": lane.value, "place": place}, count)
                for lane, ledger in journal.ledgers.items()
                for place, count in _places(ledger).items()
            ],
        ),
        figure(
            "lifeline_entries_waiting",
            Sort.GAUGE,
            "Entries of the journal that a stage has not read",
            by("cursor", entries),
        ),
        figure(
            "lifeline_stage_lag_seconds",
            Sort.GAUGE,
            "Age of the oldest entry that a stage has not read",
            by("cursor", lags),
        ),
        figure(
            "lifeline_lag_seconds",
            Sort.GAUGE,
            "How far behind now the lane is complete that is furthest behind",
            [({}, max(behind_us, 0) / _SECOND_US)],
        ),
        figure(
            "lifeline_quarantine_messages",
            Sort.GAUGE,
            "Refused messages that are kept",
            by("reason", journal.quarantine),
        ),
    ]


def _places(ledger: Account) -> dict[str, int]:
    return {
        "taken": ledger.taken,
        "stored": ledger.stored,
        "rejected": ledger.rejected,
        "thinned": ledger.thinned,
        "dropped": sum(ledger.dropped.values()),
        "lost_after_receipt": ledger.lost_after_receipt,
        "buffered": ledger.buffered,
    }


def _of_gateways(journal: _Journal, silent_before_us: int) -> Figure:
    found = Counter({"heard": 0, "silent": 0})
    for heard_us in journal.heard.values():
        found["silent" if heard_us < silent_before_us else "heard"] += 1
    return figure("lifeline_gateways", Sort.GAUGE, "Gateways ever heard", by("state", found))


def _of_book(book: _Book, now_us: int) -> list[Figure]:
    oldest = {one.receiver: max(now_us - one.oldest_us, 0) / _SECOND_US for one in book.deliveries}
    return [
        figure(
            "lifeline_alarms",
            Sort.GAUGE,
            "Alarms that are not closed",
            [
                ({"class": alarm_class, "state": state}, count)
                for (alarm_class, state), count in book.alarms.items()
            ],
        ),
        figure(
            "lifeline_deliveries_outstanding",
            Sort.GAUGE,
            "Alarm revisions that a receiver has not had",
            by("receiver", {one.receiver: one.undelivered for one in book.deliveries}),
        ),
        figure(
            "lifeline_delivery_oldest_seconds",
            Sort.GAUGE,
            "Age of the oldest of them",
            by("receiver", oldest),
        ),
        figure("lifeline_commands", Sort.GAUGE, "Commands kept", by("state", book.commands)),
    ]


def _of_vitals(vitals: Vitals) -> list[Figure]:
    name, text = "lifeline_commit_seconds", "Time that intake takes to commit a slice of messages"
    samples = [
        ("", {"quantile": str(share)}, took / _SECOND_US)
        for share, took in vitals.commit_us.items()
    ]
    sums = [
        ("_sum", dict[str, str](), vitals.commits_us / _SECOND_US),
        ("_count", dict[str, str](), vitals.commits),
    ]
    connected = {session: int(is_it) for session, is_it in vitals.sessions.items()}
    return [
        Figure(name, Sort.SUMMARY, text, (*samples, *sums)),
        figure(
            "lifeline_mqtt_connected",
            Sort.GAUGE,
            "Whether a session with the broker stands",
            by("session", connected),
        ),
    ]
