"""Becomes `heddle dap`, for a client that starts programs without arguments."""

import os
import sys
from pathlib import Path

MAIN = Path(__file__).parents[4] / "main.py"

os.execv(sys.executable, [sys.executable, str(MAIN), "dap"])
