"""Real servers for tests, on the loopback, gone when the tests are."""
