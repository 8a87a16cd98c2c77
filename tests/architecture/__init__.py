"""Promises about the repository itself: layers, imports, what a wheel carries."""
