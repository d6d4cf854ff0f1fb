"""A server.toml that is right, with its secrets beside it, for tests to use or to spoil."""

from pathlib import Path

SECRET = "whsec_" + "QUFB" * 8 + "QUE="
TOKEN = "t" * 40
GOOD = """
[server]
data = "data"

[mqtt]
host = "127.0.0.1"
port = 1883
client_id = "ingest"
username = "ingest-server"
password_file = "mqtt.password"
shards = "0-63"

[api]
port = 8470

[store]
kind = "embedded"
retention = "30d"

[alarms]
gateway_silent = "30s"

[receivers.centre]
url = "https://centre.example/hook"
secret_file = "webhook.secret"
classes = ["hazard"]
severities = ["critical"]
places = ["flat-12"]
heartbeat = "30s"

[places.flat-12]
address = "Xinhua Street 12"
longitude = 121.4
latitude = 31.2
"""


def written(folder: Path, text: str = GOOD) -> Path:
    """Write it with all that it names; the file."""
    (folder / "mqtt.password").write_text("secret\n")
    (folder / "webhook.secret").write_text(f"{SECRET}\n")
    (folder / "api.token").write_text(f"{TOKEN}\n")
    (folder / "short.token").write_text("short\n")
    (folder / "server.crt").write_text("certificate\n")
    (folder / "server.key").write_text("key\n")
    file = folder / "server.toml"
    file.write_text(text, encoding="utf-8")
    return file
