"""What a device's bytes mean: pure, one shape for every device."""
