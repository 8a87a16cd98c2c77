"""The syncs of the runtime: defined, watched, flushed, and their conflicts decided."""
