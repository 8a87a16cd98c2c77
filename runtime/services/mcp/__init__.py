"""Flows as tools of the Model Context Protocol, for other programs to call."""
