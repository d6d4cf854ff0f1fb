"""Outbox to receivers: signed, ordered, retried."""
