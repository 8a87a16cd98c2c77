"""The workers: each agent knows one part of the world outside the flow."""
