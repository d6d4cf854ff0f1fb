"""Lines that own a port: one exchange at a time, nothing late passes."""
