"""The formats of schemas, each with the same few things that can be done with it."""
