"""What devices last told of themselves and their contacts: who they are, and that all is well."""

from collections.abc import Iterator, Sequence

from alarm_rules.rule import AlarmClass, StateRule
from alarm_rules.verdict import Sample as Judged
from alarm_rules.verdict import Verdict, verdict
from edge_agent.baseline.taken import identity_points
from edge_agent.config.model import Config, DeviceConfig
from edge_agent.exchange import Sample
from wire.quality import Status
from wire.reading import Value


class Told:
    """Hears what is reported, for every change of such points is."""

    def __init__(self) -> None:
        self._config: Config | None = None
        self._watched: frozenset[tuple[str, str]] = frozenset()
        self._newest: dict[tuple[str, str], Sample] = {}

    def watch(self, config: Config) -> None:
        """From now on the points of this configuration matter."""
        self._config = config
        self._watched = frozenset(_watched(config))
        self._newest = {key: one for key, one in self._newest.items() if key in self._watched}

    def heard(self, device: str, samples: Sequence[Sample]) -> bool:
        """Tell whether any of it matters."""
        news = [one for one in samples if (device, one.point) in self._watched]
        for sample in news:
            self._newest[device, sample.point] = sample
        return bool(news)

    def identity(self, device: DeviceConfig) -> dict[str, Value]:
        """What it told of itself, as far as that is good."""
        return {
            point: sample.value
            for point in identity_points(device.profile)
            if (sample := self._newest.get((device.id, point))) is not None
            and sample.value is not None
            and sample.quality.status is Status.GOOD
        }

    def alarmed(self, device: DeviceConfig) -> str:
        """Which contact of the device, or of another at its place, raises a hazard now; else ""."""
        for other in () if self._config is None else self._config.devices:
            is_near = device.place is not None and other.place == device.place
            if other.id != device.id and not is_near:
                continue
            for rule in _contacts(other):
                sample = self._newest.get((other.id, rule.point))
                if sample is not None and _fires(rule, sample):
                    return f"{rule.point} of {other.id} is {sample.value}"
        return ""


def _watched(config: Config) -> Iterator[tuple[str, str]]:
    for device in config.devices:
        for point in identity_points(device.profile):
            yield device.id, point
        for rule in _contacts(device):
            yield device.id, rule.point


def _contacts(device: DeviceConfig) -> Iterator[StateRule]:
    for rule in device.rules.rules:
        if isinstance(rule, StateRule) and rule.alarm_class is AlarmClass.HAZARD:
            yield rule


def _fires(rule: StateRule, sample: Sample) -> bool:
    return verdict(rule, Judged(0, sample.value, sample.quality)) is Verdict.FIRES
