"""Speaks the Model Context Protocol with servers that others wrote: tools, resources, prompts."""
