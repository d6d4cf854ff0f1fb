"""The reads of one device as they are asked now: by claim, and without what it refuses."""

from collections.abc import Iterable
from enum import StrEnum

from device_profiles.model import Point, Profile
from device_profiles.transport import Modbus
from edge_agent.driver.claims import claimed, needed_for, parted
from edge_agent.driver.dissection import AGAIN_US, HARD_AGAIN_US, Dissection, can_be_parted
from edge_agent.driver.request_cost import RequestCost
from edge_agent.driver.request_plan import PlannedRead, plan_reads
from edge_agent.exchange import Claim

ILLEGAL_ADDRESS = 2
"""Modbus Application Protocol V1.1b3, 7: a combination of address and length that is not there."""


class Refused(StrEnum):
    """What follows from a refusal."""

    TOLD = "told"  # its points are bad
    PARTED = "parted"  # each place is asked by itself
    FOUND = "found"  # the search is over


class ReadPlan:
    """`reads` change when the line becomes crowded and when the device refuses a part of one.

    `refused_points`: those that the device refuses, by the last search.
    """

    def __init__(
        self, profile: Profile, transport: Modbus, hazards: Iterable[str], cost: RequestCost
    ) -> None:
        """`hazards`: the points that hazard rules need."""
        self._points = profile.points
        self._transport = transport
        self._needed = needed_for(profile.points, frozenset(hazards))
        self._cost = cost
        self._whole = plan_reads(profile.points, transport, cost)
        self._dissected: list[Dissection | None] = []
        self._planned: tuple[PlannedRead, ...] = ()
        self.reads: tuple[PlannedRead, ...] = ()
        self._origin: tuple[Dissection | None, ...] = ()
        self.refused_points: tuple[Point, ...] = ()
        self.is_crowded = False
        self._plan()

    def crowd(self, *, is_crowded: bool) -> None:
        """Read hazard points apart from the rest, or together again as is cheapest."""
        self.is_crowded = is_crowded
        self._plan()

    def refused(self, number: int, code: int | None, now_us: int) -> Refused:
        """Take a refusal of `reads[number]`; unless it is TOLD, `reads` may be others now."""
        origin, read = self._origin[number], self.reads[number]
        if origin is not None and not read.points:
            if not origin.told(read, is_refused=code == ILLEGAL_ADDRESS):
                return Refused.PARTED
            self._renew()
            return Refused.FOUND
        if origin is not None and origin.try_again(now_us):
            self._renew()
            return Refused.PARTED
        if origin is not None or code != ILLEGAL_ADDRESS or not can_be_parted(read):
            return Refused.TOLD
        again_us = HARD_AGAIN_US if read.claim is Claim.HARD else AGAIN_US
        self._dissected[self._planned.index(read)] = Dissection(read, again_us, now_us)
        self._renew()
        return Refused.PARTED

    def answered(self, number: int, now_us: int, *, is_back: bool = False) -> bool:
        """Take that `reads[number]` was answered; tell whether `reads` are others by that.

        `is_back`: the device had fallen silent, and may be another by now.
        """
        if not any(self._dissected):
            return False
        origin, read = self._origin[number], self.reads[number]
        if is_back:
            self._dissected = [None for _ in self._planned]
        elif origin is not None and not read.points:
            if not origin.told(read, is_refused=False):
                return False
        elif not self._has_more(origin, now_us):
            return False
        self._dissected = [None if one is None or one.is_mended else one for one in self._dissected]
        self._renew()
        return True

    def _has_more(self, origin: Dissection | None, now_us: int) -> bool:
        """Whether more is asked now: it gave what it had refused, or it is time to try again."""
        if origin is not None and origin.is_hopeless:
            origin.answered_whole()
            return True
        return any(one is not None and one.try_again(now_us) for one in self._dissected)

    def _plan(self) -> None:
        if self.is_crowded:
            self._planned = parted(
                self._whole, self._points, self._transport, self._needed, self._cost
            )
        else:
            self._planned = claimed(self._whole, self._transport, self._needed)
        self._dissected = [None for _ in self._planned]
        self._renew()

    def _renew(self) -> None:
        pairs = [
            (read, one)
            for planned, one in zip(self._planned, self._dissected, strict=True)
            for read in ((planned,) if one is None else one.reads())
        ]
        self.reads = tuple(read for read, _ in pairs)
        self._origin = tuple(one for _, one in pairs)
        found = (point for one in self._dissected if one for point in one.refused_points)
        self.refused_points = tuple({point.id: point for point in found}.values())
