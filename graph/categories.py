"""How the categories of blocks are called."""

_WRITTEN = {
    "agent": "Agents", "ai": "AI", "http": "HTTP", "sql": "SQL", "llm": "Language models",
    "mcp": "MCP", "ui": "UI", "sync": "Database sync", "gateway": "API gateway",
}  # fmt: skip


def category_title(category: str) -> str:
    """The name of a category as people read it."""
    return _WRITTEN.get(category) or category.replace("_", " ").capitalize()
