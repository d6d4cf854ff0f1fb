"""The device catalogue and its one typed reader."""
