"""The flow as a value: drawn, checked, compared and compiled, without I/O, clock or screen."""
