"""Connections in the studio: what is known of them, their forms, and the list."""
