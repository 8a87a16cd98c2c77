"""Texts: fill, split, join, replace, extract, change their case, turn Markdown into HTML."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import regex  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from markdown_it.token import Token

from graph.block import block
from graph.blocks.bounds import bound_items, bound_text
from graph.blocks.checks import only_if, readable
from graph.errors import BadInput
from graph.patterns import Match, matches, read_pattern
from graph.spec import Example, Look
from graph.template import fill, read_template
from graph.values import as_text

TimeLimit = Annotated[float, "Seconds the pattern may take, at most 10.", Look(more=True)]


@block(
    "text.template",
    title="Fill template",
    icon="mdi6.format-text",
    check=readable(text=read_template),
    search=("format", "interpolate", "string", "compose", "message", "prompt"),
    examples=[
        Example({"text": "Hello {name}!", "name": "Ada"}, "Hello Ada!", "An input by its name"),
        Example(
            {
                "text": "{user.login} ({labels[0]})",
                "fields": {"user": {"login": "ada"}, "labels": ["bug"]},
            },
            "ada (bug)",
            "A value inside another",
        ),
        Example({"text": "{{{list}}}", "list": [1, 2]}, "{[1, 2]}", "Braces; a list comes as JSON"),
    ],
)
def template(
    text: Annotated[str, "The text, with {places} for values.", Look("lines")],
    fields: Annotated[Mapping[str, Any] | None, "Values for the places, by name."] = None,
    missing: Annotated[
        Literal["fail", "blank"], "What to do about a place without a value.", Look(more=True)
    ] = "fail",
    **inputs: Any,
) -> str:
    """Put values into the {places} of a text.

    A place names a field, or any further input linked to the block: `{name}`, `{user.email}`,
    `{rows[0].total}`. Texts come as they are, nothing for null, times in ISO 8601, everything
    else as JSON. Write `{{` and `}}` for braces.
    """
    values = {**(fields or {}), **inputs}
    return _joined(fill(read_template(text), values, blank=missing == "blank"))


def _joined(pieces: Iterable[str]) -> str:
    """The pieces as one text. Raises BadInput as soon as it gets too long."""
    kept, length = list[str](), 0
    for piece in pieces:
        length += len(piece)
        bound_text(length)
        kept.append(piece)
    return "".join(kept)


@block(
    "text.split",
    title="Split text",
    icon="mdi6.call-split",
    check=only_if("regex", readable(separator=read_pattern)),
    search=("lines", "tokenize", "explode", "words"),
    examples=[
        Example({"text": "one\ntwo"}, ["one", "two"], "Into lines"),
        Example(
            {"text": "a, b,, c", "separator": ",", "trim": True, "keep_empty": False},
            ["a", "b", "c"],
        ),
        Example(
            {"text": "a1b22c", "separator": r"\d+", "regex": True}, ["a", "b", "c"], "By a pattern"
        ),
    ],
)
def split(
    text: Annotated[str, "The text to take apart."],
    separator: Annotated[str, "What stands between the parts."] = "\n",
    regex: Annotated[bool, "Whether the separator is a regular expression."] = False,
    trim: Annotated[bool, "Whether blanks around the parts are taken off."] = False,
    keep_empty: Annotated[bool, "Whether empty parts are kept."] = True,
    time_limit: TimeLimit = 1.0,
) -> list[str]:
    """Take a text apart into a list."""
    if not separator:
        raise BadInput("The separator is empty.", cure=r"Use \s+ as a pattern to split into words.")
    if not regex and separator == "\n":
        text = text.replace("\r\n", "\n")
    parts = _split_by(separator, text, time_limit) if regex else _split_at(separator, text)
    trimmed = [part.strip() for part in parts] if trim else parts
    return trimmed if keep_empty else [part for part in trimmed if part]


def _split_at(separator: str, text: str) -> list[str]:
    bound_items(text.count(separator))
    return text.split(separator)


def _split_by(separator: str, text: str, time_limit: float) -> list[str]:
    parts, at = list[str](), 0
    for match in matches(read_pattern(separator), text, time_limit=time_limit):
        if match.end() > match.start():
            parts.append(text[at : match.start()])
            bound_items(len(parts))
            at = match.end()
    return [*parts, text[at:]]


@block(
    "text.join",
    title="Join texts",
    icon="mdi6.link-variant",
    search=("concatenate", "implode", "combine", "lines"),
    examples=[
        Example({"items": ["a", "b", 3], "separator": ", "}, "a, b, 3"),
        Example({"items": []}, "", "Nothing to join"),
    ],
)
def join(
    items: Annotated[Sequence[Any], "What to join; other values than texts are written as texts."],
    separator: Annotated[str, "What stands between them."] = "\n",
) -> str:
    """Join the items of a list into one text."""
    bound_text(len(separator) * len(items))
    pieces = (piece for item in items for piece in (separator, as_text(item)))
    return _joined(pieces)[len(separator) :]


@block(
    "text.replace",
    title="Replace text",
    icon="mdi6.find-replace",
    check=only_if("regex", readable(find=read_pattern)),
    search=("substitute", "regex", "remove", "clean"),
    examples=[
        Example({"text": "a-b-c", "find": "-", "replacement": "+"}, "a+b+c"),
        Example(
            {
                "text": "2026-05-03",
                "find": r"(\d+)-(\d+)-(\d+)",
                "replacement": r"\3.\2.\1",
                "regex": True,
            },
            "03.05.2026",
            "With groups of a pattern",
        ),
        Example(
            {"text": "Yes, yes", "find": "yes", "replacement": "no", "ignore_case": True}, "no, no"
        ),
    ],
)
def replace(
    text: Annotated[str, "The text to change."],
    find: Annotated[str, "What to look for."],
    replacement: Annotated[
        str, r"What to put there; with a pattern, \1 or \g<name> is a group."
    ] = "",
    regex: Annotated[bool, "Whether to look for a regular expression."] = False,
    ignore_case: Annotated[bool, "Whether A and a are the same."] = False,
    time_limit: TimeLimit = 1.0,
) -> str:
    """Replace every occurrence of a text, or of a pattern."""
    if not find:
        raise BadInput("There is nothing to look for: `find` is empty.")
    if not regex and not ignore_case:
        bound_text(len(text) + text.count(find) * (len(replacement) - len(find)))
        return text.replace(find, replacement)
    pattern = read_pattern(find if regex else _literal(find), ignore_case=ignore_case)
    found = matches(pattern, text, time_limit=time_limit)
    return _joined(_replaced(text, found, replacement, expand=regex))


def _literal(text: str) -> str:
    return str(regex.escape(text, special_only=True))


def _replaced(text: str, found: Iterable[Match], new: str, *, expand: bool) -> Iterator[str]:
    at = 0
    for match in found:
        yield text[at : match.start()]
        yield _expanded(match, new) if expand else new
        at = match.end()
    yield text[at:]


def _expanded(match: Match, new: str) -> str:
    """The replacement with the groups of the match put in."""
    longest = max(map(len, (match[0], *match.groups(""))))
    bound_text(len(new) + new.count("\\") * longest)
    try:
        return str(match.expand(new))
    except (IndexError, regex.error) as error:
        raise BadInput(
            f"The replacement {new!r} can't be used: {error}.",
            cure=r"Groups are written \1 or \g<name>, a backslash \\.",
        ) from None


@block(
    "text.extract",
    title="Extract from text",
    icon="mdi6.text-search",
    check=readable(pattern=read_pattern),
    search=("regex", "match", "find", "scrape", "capture", "parse"),
    examples=[
        Example(
            {"text": "Fixed by PR #12 and #15", "pattern": r"#(\d+)", "find": "all"},
            ["12", "15"],
            "One group",
        ),
        Example(
            {"text": "ada@example.org", "pattern": r"(?P<user>\w+)@(?P<host>[\w.]+)"},
            {"user": "ada", "host": "example.org"},
            "Named groups make a record",
        ),
        Example({"text": "nothing here", "pattern": r"\d+"}, None, "No match"),
    ],
)
def extract(
    text: Annotated[str, "The text to search."],
    pattern: Annotated[str, "The regular expression."],
    find: Annotated[Literal["first", "all"], "The first match, or a list of all."] = "first",
    ignore_case: Annotated[bool, "Whether A and a are the same."] = False,
    time_limit: TimeLimit = 1.0,
) -> Any:
    """Find what matches a regular expression.

    A match gives a record when the pattern has named groups, the text of its group when it has
    one, a list when it has several, and all of the match when it has none. Without a match the
    first is null, and all are an empty list.
    """
    found = matches(read_pattern(pattern, ignore_case=ignore_case), text, time_limit=time_limit)
    values = _bounded(found)
    return next(values, None) if find == "first" else list(values)


def _bounded(found: Iterable[Match]) -> Iterator[Any]:
    """What each match gives. Groups may overlap, so their sum is bounded."""
    length = 0
    for count, match in enumerate(found):
        length += len(match[0]) + sum(map(len, match.groups("")))
        bound_text(length)
        bound_items(count * max(1, len(match.groups())))
        yield _matched(match)


def _matched(match: Match) -> Any:
    if named := match.groupdict():
        return named
    groups = match.groups()
    return list(groups) if len(groups) > 1 else groups[0] if groups else match[0]


Case = Literal[
    "lower", "upper", "title", "sentence", "snake_case", "kebab-case", "camelCase", "PascalCase",
    "CONSTANT_CASE",
]  # fmt: skip

_WORD = regex.compile(r"\p{Lu}+(?!\p{Ll})\p{N}*|[\p{Lu}\p{Lt}]?[\p{Ll}\p{Lo}\p{M}]+\p{N}*|\p{N}+")


@block(
    "text.case",
    title="Change case",
    icon="mdi6.format-letter-case",
    search=("upper", "lower", "title", "snake", "camel", "kebab", "slug", "capitalise"),
    examples=[
        Example({"text": "Ada LOVELACE", "style": "title"}, "Ada Lovelace"),
        Example({"text": "HTTPServer error2", "style": "snake_case"}, "http_server_error2"),
        Example({"text": "due date", "style": "camelCase"}, "dueDate"),
    ],
)
def case(
    text: Annotated[str, "The text to change."],
    style: Annotated[
        Case, "How it shall look; the last five write names without blanks."
    ] = "lower",
) -> str:
    """Write a text in capitals, small letters, or as a name in the style of programs."""
    match style:
        case "lower":
            return text.lower()
        case "upper":
            return text.upper()
        case "title":
            return str(regex.sub(r"\S+", lambda word: _capitalised(word[0]), text))
        case "sentence":
            return _capitalised(text)
    return _named([word.lower() for word in _WORD.findall(text)], style)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:].lower()


def _named(words: Sequence[str], style: str) -> str:
    match style:
        case "snake_case":
            return "_".join(words)
        case "kebab-case":
            return "-".join(words)
        case "CONSTANT_CASE":
            return "_".join(words).upper()
        case "camelCase":
            return "".join([*words[:1], *map(_capitalised, words[1:])])
    return "".join(map(_capitalised, words))


LONGEST_MARKDOWN = 200_000
"""Characters. The parser takes about 2 µs for each, so a longer text would hold up a run."""


@block(
    "text.markdown",
    title="Markdown to HTML",
    icon="mdi6.language-markdown",
    search=("render", "html", "commonmark", "convert"),
    examples=[
        Example({"text": "# Hi\n\nA *word*."}, "<h1>Hi</h1>\n<p>A <em>word</em>.</p>\n"),
        Example(
            {"text": "<b>x</b>"}, "<p>&lt;b&gt;x&lt;/b&gt;</p>\n", "HTML in the text shows as text"
        ),
    ],
)
def markdown(
    text: Annotated[str, "Markdown: CommonMark with tables and ~~strikethrough~~.", Look("lines")],
    html: Annotated[
        bool, "Lets HTML in the text through as it is. Only for texts you trust.", Look(more=True)
    ] = False,
) -> str:
    """Turn Markdown into HTML; scripts and HTML in the text stay harmless."""
    if len(text) > LONGEST_MARKDOWN:
        raise BadInput(f"The Markdown has more than {LONGEST_MARKDOWN:,} characters.")
    parser, environment = _markdown(html), dict[str, Any]()
    tokens = parser.parse(text, environment)
    bound_text(sum(map(_length, tokens)))
    return str(parser.renderer.render(tokens, parser.options, environment))


@functools.cache
def _markdown(html: bool) -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"])


def _length(token: Token) -> int:
    """About how many characters the token gives: a long address may be referred to often."""
    own = len(token.content) + sum(len(str(value)) for value in token.attrs.values())
    return own + sum(map(_length, token.children or ()))
