"""Where rows are held that were read: Redis, or memory, by one contract."""
