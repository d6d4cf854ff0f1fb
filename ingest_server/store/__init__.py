"""Journal to time series."""
