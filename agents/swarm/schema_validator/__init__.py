"""Keeps schemas: their versions, whether these fit one another, and what they are elsewhere."""
