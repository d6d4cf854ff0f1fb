"""Scenarios: what befalls simulated devices and when, and what the alarm centre must be told."""
