"""What flows can have models tell apart and fill in: records, labels, ways to go."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from agents.llm import fields as f
from agents.llm.fields import Asking, Used
from graph.block import Route, block
from graph.context import Context
from graph.errors import BadInput, Problem
from graph.spec import Follows, Look

Drawn = Annotated[
    dict[str, Any], "What the answer holds: draw its fields, or write a JSON Schema.",
    Look("fields"),
]  # fmt: skip
Labels = Annotated[Sequence[str], "What there is to choose from, one on each line."]


class Filled(NamedTuple):
    """The record, and what it took."""

    value: Annotated[dict[str, Any], "The fields as they were drawn, filled in.", Follows("fields")]
    usage: Annotated[Used, "Tokens, cost in US dollars and seconds, and the model that answered."]


class Extracted(NamedTuple):
    """The records that were found, and what it took."""

    items: Annotated[
        list[dict[str, Any]], "One for each that was found, in the order of the text.",
        Follows("fields"),
    ]  # fmt: skip
    usage: Annotated[Used, "Tokens, cost in US dollars and seconds, and the model that answered."]


class Classified(NamedTuple):
    """The label that fits best, how sure that is, and what it took."""

    label: Annotated[str, "One of the labels."]
    confidence: Annotated[
        float | None, "How sure the model says it is, from 0 to 1; nothing unless asked for."
    ]
    usage: Annotated[Used, "Tokens, cost in US dollars and seconds, and the model that answered."]


def fields_drawn(fields: Mapping[str, Any]) -> list[Problem]:
    """Whether the fields can be read, and whether there are any."""
    from agents.llm.structured import whole  # noqa: PLC0415 - the validator is heavy

    drawn = fields.get("fields")
    if not isinstance(drawn, dict) or any(str(name).startswith("$") for name in drawn):
        return []
    try:
        whole(drawn)
    except BadInput as error:
        return [Problem("field-value", error.message, error.cure, field="fields")]
    return []


def labels_differ(fields: Mapping[str, Any]) -> list[Problem]:
    """Whether there is anything to choose from."""
    labels = fields.get("labels")
    if not isinstance(labels, list | tuple):
        return []
    if len(set(labels)) < len(labels):
        return [Problem("field-value", "A label is there twice.", "Remove one.", field="labels")]
    if len(labels) < 2:
        message = "There are fewer than two labels."
        return [Problem("field-value", message, "Write one on each line.", field="labels")]
    return []


@block(
    "ai.structured",
    title="Fill in fields",
    icon="mdi6.form-select",
    agent="llm",
    effect="write",
    repeatable=True,
    needs=f.needs,
    spends=f.spends,
    check=fields_drawn,
    search=(
        "ai", "llm", "structured output", "json", "schema", "record", "object", "form", "model",
        "parse", "function calling",
    ),
)  # fmt: skip
async def structured(
    prompt: Annotated[
        str, "What is asked, with {places} for the inputs linked to the block.", Look("lines")
    ],
    fields: Drawn,
    context: Context,
    system: f.System = "",
    model: f.Model = "",
    fallbacks: f.Fallbacks = (),
    images: Annotated[Any, "Pictures to look at: bytes, files read as bytes, addresses."] = None,
    tries: f.Tries = 3,
    temperature: f.Temperature = None,
    most_tokens: f.MostTokens = 4096,
    thinking: f.Thinking = 0,
    seed: f.Seed = None,
    keep_answers: f.Keep = False,
    **inputs: Any,
) -> Filled:
    """Ask a model for an answer whose fields you draw.

    What comes back follows the fields, or the block fails: an answer that is nearly right is
    mended where only one thing can be meant (a fence around it, a comma too many, a number in
    quotes), and one that isn't is sent back with what is wrong, `tries` times in all.
    """
    from agents.llm.records import fill  # noqa: PLC0415 - what asks models is loaded once a flow does

    asking = Asking(
        models=(model, *fallbacks), keep=keep_answers, most_tokens=most_tokens,
        temperature=temperature, thinking=thinking, seed=seed,
    )  # fmt: skip
    filled = await fill(context, asking, prompt, inputs, images, fields, system, tries)
    return Filled(filled.value, filled.used)


@block(
    "ai.extract",
    title="Extract records",
    icon="mdi6.text-box-search-outline",
    agent="llm",
    effect="write",
    repeatable=True,
    needs=f.needs,
    spends=f.spends,
    check=fields_drawn,
    search=(
        "ai", "llm", "model", "parse", "entities", "table", "invoice", "structured", "ner", "find",
        "data", "scrape",
    ),
)  # fmt: skip
async def extract(
    text: Annotated[str, "The text that is searched.", Look("lines")],
    fields: Drawn,
    context: Context,
    guidance: f.Guidance = "",
    quotes: Annotated[
        bool,
        "Whether each record gets a `quote`: the words it was read from. One that isn't in "
        "the text is left out.",
    ] = False,
    model: f.Model = "",
    fallbacks: f.Fallbacks = (),
    tries: f.Tries = 3,
    piece_tokens: f.PieceTokens = 0,
    parallel: f.Parallel = 4,
    temperature: f.Temperature = None,
    most_tokens: f.MostTokens = 8192,
    keep_answers: f.Keep = False,
) -> Extracted:
    """Find all records of a kind in a text: every order, person or line of an invoice.

    A text that is too long for the model is searched in pieces; a record that is told of in two
    of them is found twice.
    """  # fmt: skip
    from agents.llm.records import extract as found_in  # noqa: PLC0415 - see structured

    asking = Asking((model, *fallbacks), keep_answers, most_tokens, temperature)
    found = await found_in(
        context, asking, text, fields, guidance,
        quotes=quotes, tries=tries, piece_tokens=piece_tokens, parallel=parallel,
    )  # fmt: skip
    return Extracted(found.value, found.used)


@block(
    "ai.classify",
    title="Classify",
    icon="mdi6.label-multiple-outline",
    agent="llm",
    effect="write",
    repeatable=True,
    needs=f.needs,
    spends=f.spends,
    check=labels_differ,
    search=(
        "ai", "llm", "model", "label", "category", "sentiment", "triage", "tag", "intent",
    ),
)  # fmt: skip
async def classify(
    text: Annotated[str, "What is to be labelled.", Look("lines")],
    labels: Labels,
    context: Context,
    guidance: f.Guidance = "",
    confidence: Annotated[bool, "Whether the model also says how sure it is."] = False,
    model: f.Model = "",
    fallbacks: f.Fallbacks = (),
    tries: f.Tries = 3,
    temperature: f.Temperature = None,
    keep_answers: f.Keep = False,
) -> Classified:
    """Have a model choose the one label that fits a text best."""
    from agents.llm.records import classify as labelled  # noqa: PLC0415 - see structured

    asking = Asking((model, *fallbacks), keep_answers, 1024, temperature)
    found = await labelled(
        context, asking, text, labels, guidance, confidence=confidence, tries=tries
    )
    return Classified(found.value["label"], found.value.get("confidence"), found.used)


@block(
    "ai.route",
    title="Choose a way",
    icon="mdi6.directions-fork",
    agent="llm",
    effect="write",
    repeatable=True,
    outputs_from="labels",
    needs=f.needs,
    spends=f.spends,
    check=labels_differ,
    search=("ai", "llm", "model", "switch", "branch", "if", "intent", "router", "triage"),
)
async def route(
    text: Annotated[str, "What decides the way; it comes out there.", Look("lines")],
    labels: Annotated[Sequence[str], "The ways there are, one on each line; each is an output."],
    context: Context,
    guidance: f.Guidance = "",
    model: f.Model = "",
    fallbacks: f.Fallbacks = (),
    tries: f.Tries = 3,
    keep_answers: f.Keep = False,
) -> Route:
    """Have a model choose which way a text goes on.

    `otherwise` is for what suits no label.
    """
    from agents.llm.records import OTHERWISE  # noqa: PLC0415 - see structured
    from agents.llm.records import classify as labelled  # noqa: PLC0415 - see structured

    asking = Asking((model, *fallbacks), keep_answers, 1024)
    ways = (*labels, OTHERWISE)
    found = await labelled(context, asking, text, ways, guidance, confidence=False, tries=tries)
    return Route(found.value["label"], text)
