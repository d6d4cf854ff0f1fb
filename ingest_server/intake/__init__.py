"""MQTT to journal: admit, order, commit, then acknowledge."""
