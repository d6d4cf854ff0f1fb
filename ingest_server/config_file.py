"""The tables and keys of server.toml, with every default."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec

from alarm_rules.duration import Duration

Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]

SECOND = 1_000_000
DAY = 86_400 * SECOND


class StoreKind(StrEnum):
    """Where readings are kept."""

    EMBEDDED = "embedded"
    INFLUXDB = "influxdb"


class ServerTable(msgspec.Struct, frozen=True):
    """`data`: the folder of journal.db, book.db, store.db and the API's token."""

    data: Text = "data"


class MqttTable(msgspec.Struct, frozen=True):
    """`port` and `tls` follow from the host when they are left out: plain on loopback only."""

    host: Text = "127.0.0.1"
    port: Port | None = None
    tls: bool | None = None
    ca_file: Text | None = None
    username: Text | None = None
    password_file: Text | None = None
    password_env: Text | None = None
    client_id: Text = "ingest"
    shards: Text = "0-63"
    session_expiry: Duration = 7 * DAY
    receive_maximum: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 100


class ApiTable(msgspec.Struct, frozen=True):
    """`url`: where people reach the API, for the links in webhooks."""

    host: Text = "127.0.0.1"
    port: Port = 8470
    url: Text | None = None
    token_file: Text | None = None
    tls_certificate: Text | None = None
    tls_key: Text | None = None


class StoreTable(msgspec.Struct, frozen=True):
    """`retention`: 30d in the embedded store; the other keys are for InfluxDB."""

    kind: StoreKind = StoreKind.EMBEDDED
    retention: Duration | None = None
    url: Text | None = None
    org: Text | None = None
    bucket: Text | None = None
    token_file: Text | None = None
    token_env: Text | None = None
    ca_file: Text | None = None


class AlarmsTable(msgspec.Struct, frozen=True):
    gateway_silent: Duration = 30 * SECOND


class ReceiverTable(msgspec.Struct, frozen=True):
    """One alarm centre; several secret files or variables while one follows the other."""

    url: Text
    secret_file: Text | tuple[Text, ...] = ()
    secret_env: Text | tuple[Text, ...] = ()
    classes: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    life_safety_only: bool = False
    allow_private: bool = False
    heartbeat: Duration = 30 * SECOND


class PlaceTable(msgspec.Struct, frozen=True):
    division: Text | None = None
    grid: Text | None = None
    component_code: Text | None = None
    address: Text | None = None
    longitude: Longitude | None = None
    latitude: Latitude | None = None


class ServerFile(msgspec.Struct, frozen=True):
    """`receivers` and `places` are read table by table, so that each error names its own."""

    server: ServerTable = ServerTable()
    mqtt: MqttTable = MqttTable()
    api: ApiTable = ApiTable()
    store: StoreTable = StoreTable()
    alarms: AlarmsTable = AlarmsTable()
    receivers: dict[str, dict[str, Any]] = {}
    places: dict[str, dict[str, Any]] = {}
