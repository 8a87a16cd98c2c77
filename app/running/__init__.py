"""What the Run menu does, and what is told of runs and of the runtime."""
