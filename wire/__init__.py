"""What travels between gateway and server: the wire contract, version 1."""
