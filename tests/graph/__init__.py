"""Flows as values: files, edits, differences, checks and plans."""
