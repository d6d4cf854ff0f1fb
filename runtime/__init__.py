"""What every program stands on; knows nothing of ours."""
