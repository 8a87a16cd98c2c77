"""Testing flows in the window: the list of tests, one in detail, and the actions."""
