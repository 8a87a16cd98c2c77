"""Which kinds of blocks have to do with a goal, by the words they are described with."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from graph.catalog import Catalog
from graph.compile.ports import INPUT, OUTPUT
from graph.spec import BlockSpec

ALWAYS = (INPUT, OUTPUT, "text.template", "code.python")
"""What every flow may need, whatever it is for."""

_WORD = re.compile(r"[a-z][a-z0-9]+")
_ENDINGS = ("ing", "ies", "es", "ed", "s", "e", "y")
_COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "from",
        "into",
        "that",
        "this",
        "then",
        "all",
        "each",
        "its",
        "his",
        "her",
        "our",
        "your",
        "are",
        "was",
        "has",
        "have",
    ]
)


def words(text: str) -> list[str]:
    """The stems of the words of a text, without those that say nothing."""
    found = (word for word in _WORD.findall(text.lower()) if word not in _COMMON)
    return [_stem(word) for word in found]


def usable(catalog: Catalog, *, writes: bool) -> list[BlockSpec]:
    """The kinds a plan may use: those that run no flow of their own, as none is drawn yet."""
    return [
        spec
        for spec in catalog
        if not spec.flow_parameters and (writes or spec.effect != "write" or spec.agent == "llm")
    ]


def relevant(goal: str, specs: Iterable[BlockSpec], most: int) -> list[BlockSpec]:
    """Those that have most to do with the goal, the likeliest first, none that has nothing.

    What every flow may need comes last, beyond `most`.
    """
    known = list(specs)
    told = {spec.kind: _told(spec) for spec in known}
    seldom = _seldom(list(told.values()))
    asked = Counter(words(goal))
    scored = [(_score(asked, told[spec.kind], seldom), n) for n, spec in enumerate(known)]
    best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
    found = [known[n] for _, n in best[:most] if known[n].kind not in ALWAYS]
    return found + [spec for spec in known if spec.kind in ALWAYS]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _told(spec: BlockSpec) -> Counter[str]:
    """The words of a kind, those of its title and of what it is searched by counted more."""
    told = Counter(words(spec.summary))
    for word in words(f"{spec.title} {spec.kind.replace('.', ' ')} {' '.join(spec.search)}"):
        told[word] += 3
    return told


def _seldom(told: Sequence[Counter[str]]) -> dict[str, float]:
    among = Counter(word for counted in told for word in counted)
    return {word: math.log(1 + len(told) / count) for word, count in among.items()}


def _score(asked: Counter[str], told: Counter[str], seldom: dict[str, float]) -> float:
    return sum(
        math.sqrt(told[word]) * seldom[word] * count
        for word, count in asked.items()
        if word in told
    )
