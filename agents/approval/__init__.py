"""Asking people: may this go on, and what is missing."""
