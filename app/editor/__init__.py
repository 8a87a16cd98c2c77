"""The canvas, and the flow that is drawn on it."""
