"""Python in a sandbox: expressions and code, with nothing in reach but the values given."""
