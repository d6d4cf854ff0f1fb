"""Test mode of devices: it begins once its end is on the disk, and ends by the clock."""
