"""Past runs: listed, found, compared, carried from machine to machine."""
