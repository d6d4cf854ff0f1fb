"""The shipped catalogue, read once for all tests of a process: reading it costs a good while."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from device_profiles.load import catalog
from device_profiles.model import Profile

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(catalog())
