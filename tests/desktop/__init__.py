"""Journeys in the real window: Xvfb, a session bus, xdotool, and what screen readers are told."""
