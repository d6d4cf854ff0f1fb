"""What the commands `check` and `status` show to people and scripts."""
