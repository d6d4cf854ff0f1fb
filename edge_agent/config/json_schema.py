"""The JSON Schema of agent.toml, for editors that complete and check while one writes."""

from typing import Any

import msgspec

from device_profiles.toml_schema import DIALECT, as_written
from edge_agent.config.tables import AgentFile


def agent_schema() -> dict[str, Any]:
    """Draft 2020-12; durations and sizes are text, as they are written in TOML."""
    schema = msgspec.json.schema(AgentFile)
    return {
        "$schema": DIALECT,
        "title": "agent.toml of Lifeline's edge agent",
        **as_written(schema),
    }
