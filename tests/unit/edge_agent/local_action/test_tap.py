"""What is heard was committed before."""

from collections.abc import Sequence

from edge_agent.exchange import Rest, Sample
from edge_agent.local_action.tap import Tap


async def test_first_committed_then_heard() -> None:
    order: list[str] = []

    class Memory:
        def accept(self, device: str, samples: Sequence[Sample]) -> Rest | None:
            order.append(f"taken {len(samples)} of {device}")
            return commit if device == "smoke-01" else None

    async def commit() -> None:
        order.append("committed")

    tap = Tap(Memory(), lambda device, samples: order.append(f"heard {len(samples)} of {device}"))
    rest = tap.accept("smoke-01", [Sample("smoke", True, 1)])
    assert rest is not None
    assert order == ["taken 1 of smoke-01"]
    await rest()
    assert order[1:] == ["committed", "heard 1 of smoke-01"]
    assert tap.accept("level-01", [Sample("level", 1.0, 1)]) is None
    assert order[3:] == ["taken 1 of level-01", "heard 1 of level-01"]
