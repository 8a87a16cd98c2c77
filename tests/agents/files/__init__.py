"""Files, with folders that somebody tries to get out of."""
