"""The agents of the runtime: how they are, what happens to them, what can be done about it."""
