"""How platforms write names, and names that a format allows."""

import re

from agents.swarm.schema_validator.shapes import Platform

_WORDS = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+")
_NO_NAME = re.compile(r"[^A-Za-z0-9_]+")


def as_written(name: str, platform: Platform) -> str:
    """A name as a platform writes it: `lesson_id`, `lessonId`, `LessonId`.

    One that isn't made of words of letters and digits stays what it is.
    """
    words: list[str] = [word.lower() for word in _WORDS.findall(name)]
    if not words or "".join(words) != re.sub(r"[_-]", "", name).lower():
        return name
    match platform:
        case "backend":
            return "_".join(words)
        case "frontend":
            return words[0] + "".join(map(_capital, words[1:]))
        case "roblox":
            return "".join(map(_capital, words))


def type_name(text: str) -> str:
    """A text as the name of a type: `lesson content` becomes `LessonContent`."""
    words = [word for word in _NO_NAME.sub("_", text).split("_") if word]
    name = "".join(word[0].upper() + word[1:] for word in words) or "Value"
    return name if name[0].isalpha() else f"T{name}"


def plain_name(name: str) -> str:
    """A name that every format allows: letters, digits and _, no digit first."""
    plain = _NO_NAME.sub("_", name) or "_"
    return plain if not plain[0].isdigit() else f"_{plain}"


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
