"""Connections: what is known of them in a file, their secrets in a keep, and who may use them."""
