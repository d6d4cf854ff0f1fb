"""Hypothesis on a shared machine: no deadline per example, what fails is printed to be replayed."""

from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
