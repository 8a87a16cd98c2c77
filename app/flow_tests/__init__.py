"""The tests of open flows: kept beside their files, run apart from the window."""
