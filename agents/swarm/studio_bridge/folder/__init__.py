"""Keeps scripts as files in a folder, for whoever works with an editor or git, and takes theirs."""
