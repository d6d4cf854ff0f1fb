"""Journal to alarm book."""
