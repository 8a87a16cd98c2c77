"""SQL: SQLite files in granted folders, PostgreSQL at granted addresses."""
