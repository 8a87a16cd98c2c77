"""The workflow engine over HTTP: flows kept by version, and runs from start to end."""
