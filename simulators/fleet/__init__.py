"""Thousands of gateways from one process, that speak the wire contract and keep its account."""
