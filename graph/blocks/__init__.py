"""The blocks that need nothing but their inputs: flow, text, data and logic."""
