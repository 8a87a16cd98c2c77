"""The endpoints of the runtime: published, looked at, deprecated, and keys for their callers."""
