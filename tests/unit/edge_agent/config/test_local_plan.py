"""A plan is a value: two that say the same are equal, so what goes on as it was is known."""

from msgspec.structs import replace

from edge_agent.config.local_plan import LocalActionConfig
from tests.shipped import PROFILES

RULES = PROFILES["calectro_ug3"].rules
PLAN = LocalActionConfig(
    "siren", (("smoke-01", RULES[0]),), "siren-01", "relay_test", None, None, 0, 0,
    only_when_cut_off=True, in_test=False,
)  # fmt: skip


def test_equal_by_what_it_says() -> None:
    assert replace(PLAN) == PLAN
    assert replace(PLAN, when=(("smoke-01", RULES[1]),)) != PLAN
