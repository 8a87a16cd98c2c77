"""Flows as they are drawn, over HTTP: checked, edited, laid out, compared and put together."""
