"""Running flows: commands in, events out."""
