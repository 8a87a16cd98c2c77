"""Where rows are kept: PostgreSQL, or a SQLite file, by one contract."""
