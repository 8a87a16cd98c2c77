"""HTTP, against a server that does what servers do at their worst."""
