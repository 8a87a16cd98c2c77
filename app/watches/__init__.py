"""Expressions over ports that a person keeps an eye on, kept by flow, not in it."""
