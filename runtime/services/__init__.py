"""Servers around the runtime."""
