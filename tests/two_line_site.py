"""A gateway file of two lines, a polled and a stream, and what it becomes."""

from pathlib import Path

from edge_agent.config.load import Loaded, load_config

HEAD = '[gateway]\nid = "gw-001"\n[mqtt]\nhost = "localhost"\n'
BODY = """
[lines.shed]
kind = "modbus-rtu"
port = "ttyShed"
[lines.room]
kind = "uart"
port = "/dev/ttyS1"
[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
[devices.radar-01]
profile = "micradar_r60afd1"
line = "room"
"""


def load(folder: Path, text: str, environ: dict[str, str] | None = None) -> Loaded:
    file = folder / "agent.toml"
    file.write_text(text)
    return load_config(file, {} if environ is None else environ)
