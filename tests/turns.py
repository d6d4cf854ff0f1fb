"""Who runs which test next: most workers begin with what waits, every third with what reckons."""

from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

WAITING: Final = "tests/acceptance/"
"""They wait for programs and faults, and leave the cores to others most of the time."""
RECKONING: Final = ("tests/property/", "tests/fuzz/")
TOGETHER: Final = ("tests/acceptance/test_third_party_slave.py",)
"""Files of the folder that waits whose tests share what takes long to make."""
_EVERY: Final = 3


def in_turn(items: list[pytest.Item]) -> None:
    """Order them: what waits, and of that the slow first; what is small; last what reckons."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.nodeid.startswith(WAITING):
        return 0 if item.get_closest_marker("slow") else 1
    return 3 if item.nodeid.startswith(RECKONING) else 2


class Turns(LoadScopeScheduling):  # type: ignore[misc]  # xdist says no types
    """Two of three workers take from the front of the queue, the third from its end.

    So the cores have work from the first second to the last, and no long wait is left for the end.
    A test that waits is a turn of its own, any other file is one: its tests share what they made.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order is that of `in_turn`

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file.startswith(WAITING) and file not in TOGETHER else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        if _begins_at_the_end(node.gateway.id):
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node: WorkerController) -> None:
        """No more than one test waits behind the one that runs: another worker may be free."""
        if not self.workqueue or self._pending_of(self.assigned_work[node]) <= 1:
            super()._reschedule(node)


def _begins_at_the_end(worker: str) -> bool:
    """The workers are gw0, gw1, …"""
    return int(worker.removeprefix("gw")) % _EVERY == _EVERY - 1
