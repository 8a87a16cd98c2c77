"""The command line."""

from runtime.headless.app import main

__all__ = ["main"]
