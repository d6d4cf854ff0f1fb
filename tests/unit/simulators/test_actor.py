"""A troupe obeys by name, and tells of what was carried out only."""

import pytest

from simulators.actor import Actor, Troupe
from simulators.console import Console, OrderError, switch


def pulled_out() -> str:
    raise OSError("not plugged in")


def test_what_is_carried_out_is_told() -> None:
    smoke: list[bool] = []
    heard: list[tuple[str, str]] = []
    actor = Actor("duct", "ug3", Console({"smoke": switch(smoke.append)}), dict, lambda: "/dev/x")
    troupe = Troupe({"duct": actor}, lambda name, order: heard.append((name, order)))
    troupe.obey("duct", "smoke on")
    for wrong in ("smoke perhaps", "smok on", " "):
        with pytest.raises(OrderError):
            troupe.obey("duct", wrong)
    assert smoke == [True]
    assert heard == [("duct", "smoke on")]
    assert actor.path == "/dev/x"


def test_an_unplugged_port_has_no_path() -> None:
    assert Actor("duct", "ug3", Console({}), dict, pulled_out).path == ""
