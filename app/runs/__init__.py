"""The runs that are begun from the window, and those that are on show."""
