"""How long a device stays in test mode: by the boot's clock, over restarts, never anew by itself.

since the last look       | the term
the same boot             | ends at its instant of the boot's clock, whatever the wall clock does
another boot              | has what was left when it was last written, less `EVERY_US`
another boot, UTC known   | and no more than is left until its end in UTC
"""

from collections.abc import Iterable, Mapping

import msgspec

EVERY_US = 60_000_000
"""What runs is written so often; so much may be lost with the power, and is taken off for it."""


class Instant(msgspec.Struct, frozen=True):
    """`utc_us` is None while the clock is unset."""

    boot: str
    mono_us: int
    utc_us: int | None


class Term(msgspec.Struct, frozen=True, omit_defaults=True):
    """One device's. `ends_us` and `seen_us` are of the clock of `boot`.

    `carried`: it began in an earlier boot, so that its end in UTC counts as well.
    """

    device: str
    length_us: int
    boot: str
    ends_us: int
    seen_us: int
    ends_utc_us: int | None = None
    carried: bool = False
    over: bool = False


def terms(
    known: Iterable[Term], wanted: Mapping[str, int], now: Instant, *, is_lost: bool = False
) -> tuple[Term, ...]:
    """As they are now, of devices and lengths that the configuration has. What is new begins.

    Another length is another term; one that ended stays ended as long as its key stands there.
    `is_lost`: nobody knows any more which had begun, so that none begins.
    """
    by_device = {one.device: one for one in known}
    found = []
    for device, length_us in wanted.items():
        one = by_device.get(device)
        if one is not None and one.length_us == length_us:
            found.append(_seen(one, now))
        else:
            found.append(_begun(device, length_us, now, is_over=is_lost))
    return tuple(found)


def kept(known: Iterable[Term], wanted: Mapping[str, int]) -> tuple[Term, ...]:
    """Those that the configuration has; the others are forgotten, and may begin anew one day."""
    return tuple(one for one in known if wanted.get(one.device) == one.length_us)


def runs(term: Term, now: Instant) -> bool:
    return not _seen(term, now).over


def _begun(device: str, length_us: int, now: Instant, *, is_over: bool) -> Term:
    ends_us = now.mono_us + length_us
    utc_us = None if now.utc_us is None else now.utc_us + length_us
    return Term(device, length_us, now.boot, ends_us, now.mono_us, utc_us, over=is_over)


def _seen(term: Term, now: Instant) -> Term:
    if term.over:
        return term
    if term.boot != now.boot:
        left_us = max(term.ends_us - term.seen_us - EVERY_US, 0)
        ends_us, carried = now.mono_us + left_us, True
    else:
        ends_us, carried = term.ends_us, term.carried
    ends_utc_us = term.ends_utc_us
    if now.utc_us is not None and (ends_utc_us is None or not carried):
        ends_utc_us = now.utc_us + ends_us - now.mono_us
    if carried and now.utc_us is not None and ends_utc_us is not None:
        ends_us = min(ends_us, now.mono_us + ends_utc_us - now.utc_us)
    return msgspec.structs.replace(
        term,
        boot=now.boot,
        ends_us=ends_us,
        seen_us=now.mono_us,
        ends_utc_us=ends_utc_us,
        carried=carried,
        over=now.mono_us >= ends_us,
    )
