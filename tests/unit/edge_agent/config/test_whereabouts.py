"""The socket of an agent is found in a file that can not be used, as far as it can be read."""

from pathlib import Path

import pytest

from edge_agent.config.whereabouts import socket_despite_errors

HEAD = '[gateway]\nid = "gw-001"\n[buffer]\npath = "data/buffer.db"\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEAD + '[lines.a]\nknid = "uart"\n', "data/agent.sock"),
        (HEAD + "[lines.a\n", "data/agent.sock"),
        (HEAD + '[health]\nsocket = "here.sock"\n[mqtt]\nhost = 5\n', "here.sock"),
        (HEAD + "[health]\nsocket = 5\n", None),
        ('[buffer]\npath = "data/buffer.db\n', "/var/lib/lifeline/agent/agent.sock"),
        ("[buffer\n[[", "/var/lib/lifeline/agent/agent.sock"),
    ],
)
def test_as_far_as_it_can_be_read(tmp_path: Path, text: str, found: str | None) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(text)
    assert socket_despite_errors(file) == (None if found is None else tmp_path / found)


def test_without_a_file_nobody_is_asked(tmp_path: Path) -> None:
    assert socket_despite_errors(tmp_path / "agent.toml") is None
