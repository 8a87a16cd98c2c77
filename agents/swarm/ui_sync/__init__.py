"""Keeps what user interfaces show alike everywhere: states by version, patches, subscriptions."""
