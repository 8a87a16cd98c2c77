"""Debugging in the window: breakpoints, the bar of a run that stands still, its keys."""
