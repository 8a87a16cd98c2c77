"""Agents that people define: a model, tools, a prompt and limits, kept by version under a name."""
