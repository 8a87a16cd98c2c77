"""What docks share: a bar, a list with what is to say of a row, a word where neither is."""
