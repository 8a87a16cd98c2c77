"""Forms that both protocols of OpenAI share: pictures, and schemas kept by force."""

import base64
from collections.abc import Mapping
from typing import Any

from agents.llm.shapes import Image


def is_strict(schema: Any) -> bool:
    """Whether a schema is one that OpenAI can keep an answer to by force.

    Every object in it lists all its properties as required, and allows no others.
    """
    if isinstance(schema, Mapping):
        names = schema.get("properties")
        if schema.get("type") == "object" or names is not None:
            closed = schema.get("additionalProperties") is False
            if not closed or set(names or ()) != set(schema.get("required", ())):
                return False
        return all(is_strict(inner) for inner in schema.values())
    if isinstance(schema, list | tuple):
        return all(is_strict(inner) for inner in schema)
    return True


def image_url(image: Image) -> str:
    """The address of a picture, or one that holds it."""
    data = base64.b64encode(image.data).decode()
    return image.url or f"data:{image.media_type};base64,{data}"
