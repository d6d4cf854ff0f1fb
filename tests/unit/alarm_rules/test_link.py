"""The rule about a link: named by the wire's grammar, mild, and its point is of the link."""

from alarm_rules.link import LINK_BAD, LINK_POOR
from alarm_rules.rule import AlarmClass, Severity, hazard_points
from alarm_rules.set_point import set_points
from wire.reading import POINT, is_of_link


def test_it_is_sensor_health_of_a_point_of_the_link() -> None:
    assert is_of_link(LINK_BAD)
    assert POINT.fullmatch(LINK_BAD)
    assert (LINK_POOR.alarm_class, LINK_POOR.severity) == (
        AlarmClass.SENSOR_HEALTH,
        Severity.NOTICE,
    )
    assert hazard_points([LINK_POOR]) == frozenset()
    assert len(set_points([LINK_POOR])[LINK_BAD]) == 2
