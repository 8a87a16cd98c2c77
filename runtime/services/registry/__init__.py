"""Where running services stand, so that each finds the others."""
