"""The gateway's disk: two lanes, their epochs and their ledger."""
