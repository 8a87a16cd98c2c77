"""What flows can do with long texts and many: sum them up, and find those that are alike."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

from agents.llm import fields as f
from agents.llm.fields import Asking, Used
from graph.block import block
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Example, Look

MOST_TEXTS = 100_000


class Summary(NamedTuple):
    """The summary, those of the pieces, and what it took."""

    summary: Annotated[str, "All of it in few words."]
    parts: Annotated[list[str], "Of a text in several pieces, the summary of each."]
    usage: Annotated[Used, "Tokens, cost in US dollars and seconds, and the model that answered."]


class Placed(NamedTuple):
    """A vector for each text, and what it took."""

    vectors: Annotated[list[list[float]], "One for each text, in their order."]
    usage: Annotated[Used, "Tokens, cost in US dollars and seconds, and the model that answered."]


@block(
    "ai.summarise",
    title="Summarise",
    icon="mdi6.text-short",
    agent="llm",
    effect="write",
    repeatable=True,
    needs=f.needs,
    spends=f.spends,
    search=("ai", "llm", "model", "summary", "summarize", "shorten", "digest", "tldr", "abstract"),
)
async def summarise(
    text: Annotated[str, "What is summed up, however long.", Look("lines")],
    context: Context,
    length: Annotated[
        Literal["a sentence", "a paragraph", "a list", "a page"], "How long the summary is."
    ] = "a paragraph",
    guidance: f.Guidance = "",
    model: f.Model = "",
    fallbacks: f.Fallbacks = (),
    piece_tokens: f.PieceTokens = 0,
    parallel: f.Parallel = 4,
    temperature: f.Temperature = None,
    most_tokens: f.MostTokens = 2048,
    keep_answers: f.Keep = False,
) -> Summary:
    """Sum up a text of any length.

    What is too long for the model is summed up in pieces, several at a time, and the summaries
    are summed up again.
    """
    from agents.llm.summaries import summed_up  # noqa: PLC0415 - what asks models is loaded late

    asking = Asking((model, *fallbacks), keep_answers, most_tokens, temperature)
    made = await summed_up(
        context, asking, text, length, guidance, piece_tokens=piece_tokens, parallel=parallel
    )
    return Summary(made.text, made.parts, made.used)


@block(
    "ai.embed",
    title="Embed texts",
    icon="mdi6.vector-point",
    agent="llm",
    effect="write",
    repeatable=True,
    needs=f.needs,
    spends=f.spends,
    search=("ai", "vector", "embedding", "semantic", "similarity", "rag", "search", "index"),
)
async def embed(
    texts: Annotated[Sequence[str], "The texts."],
    context: Context,
    model: Annotated[
        str,
        "The model that places them: CONNECTION/MODEL, such as `openai/text-embedding-3-small`. "
        "`scripted/echo` goes by the words alone.",
        Look("model"),
    ] = "",
    at_a_time: Annotated[int, "How many are sent together.", Look(more=True)] = 100,
) -> Placed:
    """Give texts a place among all texts: those of like meaning are near each other."""
    from agents.llm.inquiry import Inquiry  # noqa: PLC0415 - see summarise

    if len(texts) > MOST_TEXTS:
        raise BadInput(f"There are more than {MOST_TEXTS:,} texts.")
    inquiry, step = Inquiry(context, Asking((model,))), max(1, at_a_time)
    made = list[list[float]]()
    for first in range(0, len(texts), step):
        found = await inquiry.vectors(texts[first : first + step])
        made.extend(list(vector) for vector in found.vectors)
        context.progress(len(made), len(texts), "texts placed")
    return Placed(made, inquiry.used())


@block(
    "ai.nearest",
    title="Nearest",
    icon="mdi6.target",
    output="items",
    search=("ai", "vector", "embedding", "semantic", "similarity", "search", "rag", "cosine"),
    examples=[
        Example(
            {
                "items": ["tea", "rope", "coffee"],
                "vectors": [[1.0, 0.0], [0.0, 1.0], [0.8, 0.6]],
                "to": [1.0, 0.0],
                "take": 2,
            },
            [{"item": "tea", "score": 1.0}, {"item": "coffee", "score": 0.8}],
        ),
    ],
)
def nearest(
    items: Annotated[Sequence[Any], "What the vectors are of."],
    vectors: Annotated[Sequence[Sequence[float]], "A vector for each, as Embed texts gives them."],
    to: Annotated[Sequence[Any], "The vector they are to be near; or a list with that one."],
    take: Annotated[int, "How many are given."] = 5,
    least: Annotated[
        float, "The score below which none is given: -1 for all.", Look(more=True)
    ] = -1.0,
) -> list[dict[str, Any]]:
    """Find the items whose vectors point the same way as another, the nearest first."""
    from agents.llm.nearness import scores  # noqa: PLC0415 - numpy is loaded where it is needed

    if len(items) != len(vectors):
        raise BadInput(f"There are {len(items):,} items and {len(vectors):,} vectors.")
    found = scores(vectors, to)
    order = sorted(range(len(found)), key=lambda n: -found[n])
    near = [n for n in order[: max(0, take)] if found[n] >= least]
    return [{"item": items[n], "score": found[n]} for n in near]
