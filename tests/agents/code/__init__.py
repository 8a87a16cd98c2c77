"""Code in the sandbox: what it gives, what stops it, and what it never gets at."""
