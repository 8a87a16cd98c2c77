"""Flows and their files: opened, saved, kept through crashes, trusted or not."""
