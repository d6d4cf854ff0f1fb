from importlib.metadata import version

from runtime.version import VERSION


def test_it_is_the_one_of_the_package() -> None:
    assert version("lifeline") == VERSION
