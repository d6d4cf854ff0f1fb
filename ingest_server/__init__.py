"""The ingestion and alarm server."""
