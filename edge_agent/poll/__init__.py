"""Asks and listens; what it learns goes into the buffer."""
