"""Chooses a front end: today the headless command line."""

import sys

from runtime.headless import main

if __name__ == "__main__":
    sys.exit(main())
