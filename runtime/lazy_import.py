"""Libraries without the large modules that they import and we do not use."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """Stands for a module that is imported when something of it is wanted.

    The standard library's LazyLoader would not do: up to Python 3.11 an import statement that finds
    its module loads it.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def lazily(name: str) -> Iterator[None]:
    """Whatever imports the submodule `name` meanwhile gets one that loads itself when first used.

    Afterwards others import it as if nothing had been. Nothing changes where it is loaded already.
    """
    if name in sys.modules:
        yield
        return
    parent, _, last = name.rpartition(".")
    later = Later(name)
    sys.modules[name] = later
    setattr(importlib.import_module(parent), last, later)
    try:
        yield
    finally:
        del sys.modules[name]


@contextmanager
def without(name: str) -> Iterator[None]:
    """Whatever imports the module `name` meanwhile finds a Python that was built without it.

    Afterwards it can be imported as ever. Nothing changes where it is loaded already.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # an import that finds it fails
    try:
        yield
    finally:
        del sys.modules[name]
