"""Metrics of a runtime: counted from its events, kept in the background, read as series."""
