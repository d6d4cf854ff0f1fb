"""Devices and an alarm centre that can be believed, and broken."""
