"""Everything Heddle promises, as tests that read as a manual."""
