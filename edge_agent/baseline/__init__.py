"""Baselines taken at the site: measured, kept beside the buffer, and in effect at once."""
