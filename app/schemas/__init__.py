"""The schemas that the runtime keeps: versions, differences, values held against them, types."""
