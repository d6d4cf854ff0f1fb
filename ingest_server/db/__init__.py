"""The server's tables, where its stages meet."""
