"""Asks models: of Anthropic, of OpenAI, and of whatever speaks as OpenAI's do."""
