"""What the blocks promise."""
