"""Lanes to MQTT, receipts to lanes."""
