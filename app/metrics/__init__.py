"""The dock of metrics: what it asks the runtime for, how charts are picked, and what it shows."""
