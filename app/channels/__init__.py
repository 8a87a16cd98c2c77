"""The inside of the dock of channels."""
