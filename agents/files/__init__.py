"""Files in granted folders."""
