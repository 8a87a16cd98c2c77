"""Agents against the real thing: servers on the loopback, files on the disk, databases."""
