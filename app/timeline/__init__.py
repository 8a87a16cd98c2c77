"""A run over time, and the way back into it."""
