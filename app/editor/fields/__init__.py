"""The editors of fields: each module has one, and `making` chooses among them."""
