"""What stands beside the lines is made of the configuration in force, in its folder."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from edge_agent.beside import frame_keeper, local_actor, session_of
from edge_agent.buffer.control import Control
from edge_agent.buffer.lanes import Lanes
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.load import load_config
from edge_agent.configuration import Configuration
from edge_agent.uplink.publisher import Publisher
from tests.standing_clock import StandingClock
from tests.unit.edge_agent.config.test_local_action import TEXT


def configuration(folder: Path) -> Configuration:
    file = folder / "agent.toml"
    file.write_text(f'{TEXT}\n[buffer]\npath = "buffer.db"\n')
    config = load_config(file, {}).config
    return cast("Configuration", SimpleNamespace(config=config, kinds=lambda: {"shed": "uart"}))


async def test_local_actions_of_the_configuration(tmp_path: Path) -> None:
    standing, clock = configuration(tmp_path), StandingClock()
    config = standing.config
    actor = local_actor(
        standing,
        control=cast("Control", None),
        lanes=cast("Lanes", None),
        publisher=cast("Publisher", SimpleNamespace(receipt_us=None)),
        session=session_of(config, clock, 3),
        clock=clock,
        tell=lambda _: None,
        progress=lambda _: None,
    )
    await actor._begin()
    assert [one.name for one in actor.health()] == ["siren"]
    assert config.buffer.path.with_name("local-actions").exists()


def test_frames_of_the_lines_under_watch(tmp_path: Path) -> None:
    keeper = frame_keeper(configuration(tmp_path), Timekeeper(StandingClock()), tuple)
    assert keeper.shown() == ()
