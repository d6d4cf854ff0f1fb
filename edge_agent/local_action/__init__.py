"""What a gateway does by itself while an alarm holds: judged, decided, done once, remembered."""
