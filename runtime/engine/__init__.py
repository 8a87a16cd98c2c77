"""The engine: a pure core that folds events and decides, and a shell that acts."""
