"""Records out of prompts and texts: filled in, found, labelled."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from agents.llm.conversation import pictures_in, said
from agents.llm.fields import Asking, Used
from agents.llm.inquiry import Inquiry
from agents.llm.parallel import each
from agents.llm.pieces import in_pieces
from agents.llm.prompts import about_text, filled
from agents.llm.structured import record, whole
from graph.context import Context
from graph.errors import BadInput

OTHERWISE = "otherwise"
QUOTE = "quote"


class Found(NamedTuple):
    """What was found, and what it took."""

    value: Any
    used: Used


async def fill(
    context: Context,
    asking: Asking,
    prompt: str,
    inputs: Mapping[str, Any],
    images: Any,
    fields: Mapping[str, Any],
    system: str,
    tries: int,
) -> Found:
    """A record of the drawn fields. Raises BadInput, WrongAnswer, and what asking raises."""
    inquiry = Inquiry(context, asking)
    asked = said(filled(prompt, inputs), pictures_in(images))
    if not asked.text.strip() and len(asked.parts) < 2:
        raise BadInput("The prompt is empty.", cure="Write what the fields are to be filled from.")
    made = await record(context, inquiry, (asked,), whole(fields), system=system, tries=tries)
    return Found(made.value, inquiry.used())


async def extract(
    context: Context,
    asking: Asking,
    text: str,
    fields: Mapping[str, Any],
    guidance: str,
    *,
    quotes: bool,
    tries: int,
    piece_tokens: int,
    parallel: int,
) -> Found:
    """All records of the drawn fields that are in the text, piece by piece of it."""
    inquiry = Inquiry(context, asking)
    schema = _listed(whole(fields), quotes)
    tokens = piece_tokens or await inquiry.piece()
    pieces = in_pieces(text, tokens)
    wanted = "Find every record that a text holds, in its order; none if it holds none."
    system = about_text(wanted, guidance)

    async def searched(piece: str) -> list[dict[str, Any]]:
        found = await record(
            context, inquiry, (said(piece),), schema,
            system=system, tries=tries, show=len(pieces) == 1,
        )  # fmt: skip
        items: list[dict[str, Any]] = found.value["items"]
        return [_quoted(item, piece) for item in items] if quotes else items

    found = await each(context, pieces, searched, parallel=parallel, note="pieces searched")
    return Found([item for items in found for item in items], inquiry.used())


async def classify(
    context: Context,
    asking: Asking,
    text: str,
    labels: Sequence[str],
    guidance: str,
    *,
    confidence: bool,
    tries: int,
) -> Found:
    """The label that fits the text best."""
    names = list(dict.fromkeys(str(label) for label in labels))
    if len(names) < 2:
        raise BadInput("There are fewer than two labels to choose from.")
    properties: dict[str, Any] = {"label": {"type": "string", "enum": names}}
    if confidence:
        sure = "How sure you are, from 0 to 1."
        properties["confidence"] = {
            "type": "number", "minimum": 0, "maximum": 1, "description": sure,
        }  # fmt: skip
    schema = whole({"properties": properties, "required": list(properties)})
    other = f" {OTHERWISE!r} is for what suits none of the others." if OTHERWISE in names else ""
    system = about_text(f"Choose the one label that fits a text best.{other}", guidance)
    inquiry = Inquiry(context, asking)
    made = await record(context, inquiry, (said(text),), schema, system=system, tries=tries)
    return Found(made.value, inquiry.used())


def _listed(schema: Mapping[str, Any], quotes: bool) -> dict[str, Any]:
    """The schema of a list of such records; with quotes, each has one."""
    item = dict(schema)
    if quotes:
        words = "The words of the text that it was read from, letter by letter."
        item["properties"] = {**item["properties"], QUOTE: {"type": "string", "description": words}}
        item["required"] = [*item.get("required", ()), QUOTE]
    return whole({
        "properties": {"items": {"type": "array", "items": item}}, "required": ["items"],
    })  # fmt: skip


def _quoted(item: dict[str, Any], text: str) -> dict[str, Any]:
    """The record, its quote as the text has it; without one that the text doesn't have."""
    words = re.split(r"\s+", item[QUOTE].strip().strip("\"'“”…."))
    found = re.search(r"\s+".join(map(re.escape, words)), text) if any(words) else None
    return {**item, QUOTE: found[0] if found else None}
