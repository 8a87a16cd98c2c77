"""Flows, runs and agents by one question (GraphQL), within limits."""
