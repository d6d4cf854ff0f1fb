"""What every program of the bench says of its machine and leaves behind."""
