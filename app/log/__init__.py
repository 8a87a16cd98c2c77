"""The dock of Studio's messages: its table, and what surrounds it."""
