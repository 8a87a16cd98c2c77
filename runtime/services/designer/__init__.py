"""The agent designer over HTTP: agents defined, kept by version, tried out."""
