"""Keeps rows of a database in step with a cache: PostgreSQL and Redis, or SQLite and memory."""
