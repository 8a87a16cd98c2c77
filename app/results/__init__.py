"""The views of a value: table, tree, text, Markdown, picture, and what changed."""
