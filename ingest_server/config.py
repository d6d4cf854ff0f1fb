"""server.toml to a checked configuration, or every error of it with file, key and remedy."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_profiles.toml_file import FileProblem, TomlFile, UnreadableError, read_toml
from device_profiles.typed_toml import Problem, read_table
from ingest_server.config_api import ApiConfig, check_api
from ingest_server.config_file import ServerFile
from ingest_server.config_mqtt import MqttConfig, check_mqtt
from ingest_server.config_receivers import check_places, check_receivers
from ingest_server.config_secret import Secrets
from ingest_server.config_store import StoreConfig, check_store
from ingest_server.receiver import Place, Receiver

# A heartbeat comes every 10 s (design section 3): less patience calls every gateway silent.
_LEAST_PATIENCE_US = 12_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What server.toml says, checked. Paths are absolute; relative ones count from the file."""

    file: Path
    data: Path
    mqtt: MqttConfig
    api: ApiConfig
    store: StoreConfig
    gateway_silent_us: int
    receivers: tuple[Receiver, ...]
    places: Mapping[str, Place]

    @property
    def alarms_url(self) -> str:
        """Where people see alarms: the links in webhooks begin with it."""
        return f"{self.api.url}/v1/alarms"


class ConfigError(Exception):
    """The file can not be used. `problems` holds all that is wrong with it."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def load(file: Path, environment: Mapping[str, str] | None = None) -> Config:
    """Read and check the file, its secrets included; raise ConfigError with every problem."""
    toml = _parse(file)
    read = read_table(toml.raw, ServerFile)
    if isinstance(read, tuple):
        _, problems = _check_tables(file, ServerFile(), toml.raw, environment)
        raise ConfigError(toml.placed([*read, *problems]))
    config, problems = _check_tables(file, read, toml.raw, environment)
    if problems:
        raise ConfigError(toml.placed(problems))
    return config


def _parse(file: Path) -> TomlFile:
    try:
        return read_toml(file, "give it with -c; examples/server.toml is one to begin with")
    except UnreadableError as error:
        raise ConfigError([error.problem]) from error


def _check_tables(
    file: Path,
    read: ServerFile,
    raw: Mapping[str, Any],
    environment: Mapping[str, str] | None,
) -> tuple[Config, list[Problem]]:
    """What one table alone does not tell. With a problem the configuration is of no use."""
    problems: list[Problem] = []
    folder = file.absolute().parent
    secrets = Secrets(folder, os.environ if environment is None else environment, problems)
    data = folder / read.server.data
    places = check_places(raw.get("places"), problems)
    config = Config(
        file=file,
        data=data,
        mqtt=check_mqtt(read.mqtt, folder, secrets, problems),
        api=check_api(read.api, folder, data, secrets, problems),
        store=check_store(read.store, folder, secrets, problems),
        gateway_silent_us=read.alarms.gateway_silent,
        receivers=check_receivers(raw.get("receivers"), places, secrets, problems),
        places=places,
    )
    if read.alarms.gateway_silent < _LEAST_PATIENCE_US:
        text = "is too short: a heartbeat comes every 10 s; write 12s or more (30s is usual)"
        problems.append(Problem("alarms", "gateway_silent", text))
    return config, problems
