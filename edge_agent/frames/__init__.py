"""The last frames of each line for whoever looks into a fault: shown, and kept when odd."""
