"""The gateway agent: polls devices, buffers on disk, pushes over MQTT."""
