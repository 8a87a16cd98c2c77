"""Keeps agents alive: starts, watches, restarts, drains, and as many of each as there is work."""
