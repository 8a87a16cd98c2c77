"""What can be read off the events of a run: pure folds, live, remote and replayed alike."""
