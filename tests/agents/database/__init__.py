"""Databases: the same on SQLite and on PostgreSQL wherever it can be."""
