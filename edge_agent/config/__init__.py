"""What agent.toml says, checked whole: tables, cross-checks, secrets, hash and JSON Schema."""
