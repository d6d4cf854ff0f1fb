"""What is heard was committed before."""

from collections.abc import Sequence

from edge_agent.exchange import Sample
from edge_agent.local_action.tap import Tap


async def test_first_committed_then_heard() -> None:
    order: list[str] = []

    class Memory:
        async def take(self, device: str, samples: Sequence[Sample]) -> None:
            order.append(f"committed {len(samples)} of {device}")

    tap = Tap(Memory(), lambda device, samples: order.append(f"heard {len(samples)} of {device}"))
    await tap.take("smoke-01", [Sample("smoke", True, 1)])
    assert order == ["committed 1 of smoke-01", "heard 1 of smoke-01"]
