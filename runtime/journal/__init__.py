"""The append-only events of every run: the source of truth."""
