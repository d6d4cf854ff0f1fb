"""The rule kinds as types, their classes and severities."""

from enum import StrEnum


class Severity(StrEnum):
    """How bad; the order is that of the members, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    WARNING = "warning"
    NOTICE = "notice"


class AlarmClass(StrEnum):
    """A hazard to people, the health of a sensor, or the system's own state: kept apart."""

    HAZARD = "hazard"
    SENSOR_HEALTH = "sensor_health"
    SYSTEM = "system"
