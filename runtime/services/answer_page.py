"""The page on which a question is answered by a link: plain HTML, without scripts."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import msgspec

from graph.values import as_text
from runtime.inputs import BadInputs
from runtime.projections.inbox import Question

STYLE = """
:root{color-scheme:light dark;--ink:#1c2024;--dim:#5b6470;--paper:#fff;--page:#f4f5f7;
--line:#d3d8de;--accent:#1f5fbf;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e7eaee;--dim:#a3adb8;--paper:#1f2329;
--page:#15181c;--line:#3a424c;--accent:#7db0ff;--bad:#ff9a91}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:44rem;margin:2rem auto;padding:1.5rem 2rem;background:var(--paper);
border:1px solid var(--line);border-radius:10px}
h1{font-size:1.35rem;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1rem;margin:1.25rem 0 .35rem}
p{margin:.5rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.dim{color:var(--dim);font-size:.9rem}
.bad{color:var(--bad);border-left:3px solid var(--bad);padding-left:.75rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--page);padding:.75rem;
border-radius:6px;max-height:28rem;overflow:auto}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.92rem}
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}
img{max-width:100%;border-radius:6px}
label{display:block;margin:1rem 0 .25rem;font-weight:600}
label.tick{font-weight:400}
input:not([type=checkbox]),select,textarea{width:100%;padding:.5rem;font:inherit;
color:inherit;background:var(--page);border:1px solid var(--dim);border-radius:6px}
textarea{min-height:6rem}
button{font:inherit;font-weight:600;padding:.55rem 1.4rem;margin:1.25rem .6rem 0 0;
border-radius:6px;border:1px solid var(--accent);background:var(--accent);color:var(--paper);
cursor:pointer}
button.other{background:none;color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
""".strip()

_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
"""What the page may do: be looked at, and be sent back to where it came from."""

MOST_ROWS, MOST_LETTERS = 200, 50_000
"""Of what is shown, no more than so many rows of a table and letters of a text."""

PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
LARGEST_PICTURE = 5_000_000


def form(question: Question, given: Mapping[str, str] | None = None, flaw: str = "") -> str:
    """The question, and the fields of its answer; those `given` before, with what was wrong."""
    who = f"{_for(question)}{escape(question.flow) or 'A flow'}"
    parts = [
        f"<h1>{escape(question.title)}</h1>",
        f'<p class="dim">{who}</p>',
        f'<p class="bad" role="alert">{escape(flaw)}</p>' if flaw else "",
        f"<p>{escape(question.text)}</p>" if question.text else "",
        *(_shown(name, value) for name, value in question.shows.items()),
        '<form method="post">',
        *_fields(question.takes, given or {}),
        _text_field("by", "Your name", (given or {}).get("by", _only(question.of)), required=True),
        _buttons(question.takes),
        "</form>",
    ]
    return _page(question.title, "\n".join(filter(None, parts)))


def thanks(question: Question, values: Mapping[str, Any], by: str) -> str:
    """That an answer was taken, and which."""
    said = "".join(
        f"<tr><th scope=row>{escape(_title(question.takes, name))}</th>"
        f"<td>{escape(_words(value))}</td></tr>"
        for name, value in values.items()
    )
    return _page(
        "Thank you",
        f"<h1>Thank you, {escape(by) or 'it'}{'' if by else ' is answered'}</h1>"
        f"<p>{escape(question.title)}</p><table>{said}</table>"
        '<p class="dim">The run goes on. This page can be closed.</p>',
    )


def message(title: str, text: str) -> str:
    """A page that only says something."""
    return _page(title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>")


def values_of(takes: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """What was filled in, as the form takes it. Raises BadInputs for what can't be read."""
    values: dict[str, Any] = {}
    for name, rules in _properties(takes).items():
        text = given.get(f"f.{name}")
        kind = _kind(rules)
        if name == "approved" and _is_decision(takes) and text not in ("true", "false"):
            raise BadInputs("It is neither approved nor refused: use one of the two buttons.")
        if kind == "boolean":
            values[name] = text == "true"
        elif text is not None and (text or name in takes.get("required", ())):
            values[name] = _read(name, kind, rules, text)
    return values


def _read(name: str, kind: str, rules: Mapping[str, Any], text: str) -> Any:
    if "enum" in rules:
        return next((one for one in rules["enum"] if _words(one) == text), text)
    if kind == "string":
        return text
    try:
        if kind in ("integer", "number"):
            return int(text) if kind == "integer" else float(text)
        return msgspec.json.decode(text)
    except (ValueError, msgspec.DecodeError):
        wanted = f"a {kind}" if kind in ("integer", "number") else "JSON"
        raise BadInputs(f"{name}: {text[:80]!r} is not {wanted}.") from None


# The fields.


def _is_decision(takes: Mapping[str, Any]) -> bool:
    """Whether it is answered by one of two buttons."""
    approved = _properties(takes).get("approved")
    return approved is not None and _kind(approved) == "boolean"


def _fields(takes: Mapping[str, Any], given: Mapping[str, str]) -> Sequence[str]:
    required = takes.get("required", ())
    return [
        _field(name, rules, given.get(f"f.{name}"), required=name in required)
        for name, rules in _properties(takes).items()
        if not (name == "approved" and _is_decision(takes))
    ]


def _field(name: str, rules: Mapping[str, Any], given: str | None, *, required: bool) -> str:
    title, kind, id = escape(str(rules.get("title", name))), _kind(rules), f"f.{escape(name)}"
    default = rules.get("default", "")
    value = given if given is not None else "" if default == "" else _words(default)
    hint = str(rules.get("description", ""))
    said = f'<p class="dim" id="{id}.hint">{escape(hint)}</p>' if hint else ""
    about = f' aria-describedby="{id}.hint"' if hint else ""
    about += " required" if required and kind != "boolean" else ""
    if kind == "boolean":
        ticked = " checked" if value == "true" else ""
        return (
            f'<label class="tick"><input type="checkbox" name="{id}" value="true"{ticked}{about}>'
            f" {title}</label>{said}"
        )
    head = f'<label for="{id}">{title}</label>{said}'
    if "enum" in rules:
        options = "".join(_option(_words(one), value) for one in rules["enum"])
        empty = "" if required else "<option value=''></option>"
        return f'{head}<select id="{id}" name="{id}"{about}>{empty}{options}</select>'
    if kind in ("string", "integer", "number"):
        if kind == "string" and _is_long(rules):
            return f'{head}<textarea id="{id}" name="{id}"{about}>{escape(value)}</textarea>'
        return f'{head}<input id="{id}" name="{id}" {_typed(rules)} value="{escape(value)}"{about}>'
    return f'{head}<textarea id="{id}" name="{id}"{about}>{escape(value)}</textarea>'


def _option(value: str, chosen: str) -> str:
    selected = " selected" if value == chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(value)}</option>'


def _typed(rules: Mapping[str, Any]) -> str:
    match _kind(rules), rules.get("format"):
        case "integer", _:
            return 'type="number" step="1"'
        case "number", _:
            return 'type="number" step="any"'
        case _, "date":
            return 'type="date"'
        case _, "email":
            return 'type="email"'
    return 'type="text"'


def _is_long(rules: Mapping[str, Any]) -> bool:
    return int(rules.get("maxLength", 0)) > 200


def _text_field(name: str, title: str, value: str, *, required: bool) -> str:
    needed = " required" if required else ""
    return (
        f'<label for="{name}">{escape(title)}</label><input id="{name}" name="{name}" type="text"'
        f' maxlength="200" autocomplete="name" value="{escape(value)}"{needed}>'
    )


def _buttons(takes: Mapping[str, Any]) -> str:
    if not _is_decision(takes):
        return "<button>Send</button>"
    return (
        # The first button is what Enter in a field presses: nobody is to approve by that.
        "<button disabled hidden></button>"
        '<button name="f.approved" value="true">Approve</button>'
        '<button name="f.approved" value="false" class="other">Refuse</button>'
    )


def _properties(takes: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    found = takes.get("properties", {})
    return {name: rules if isinstance(rules, Mapping) else {} for name, rules in found.items()}


def _kind(rules: Mapping[str, Any]) -> str:
    kind = rules.get("type", "string" if "enum" in rules else "any")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "any")
    return str(kind)


def _title(takes: Mapping[str, Any], name: str) -> str:
    return str(_properties(takes).get(name, {}).get("title", name))


# What is shown.


def _shown(name: str, value: Any) -> str:
    title = "" if name == "value" else f"<h2>{escape(name)}</h2>"
    return title + _value(value)


def _value(value: Any) -> str:
    if isinstance(value, bytes):
        kind = next((kind for mark, kind in PICTURES.items() if value.startswith(mark)), "")
        if kind and len(value) <= LARGEST_PICTURE:
            content = base64.b64encode(value).decode()
            return f'<img alt="" src="data:{kind};base64,{content}">'
        return f'<p class="dim">{len(value):,} bytes</p>'
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        return _table(value)
    if isinstance(value, Mapping):
        rows = "".join(
            f"<tr><th scope=row>{escape(str(k))}</th><td>{escape(_words(v)[:2000])}</td></tr>"
            for k, v in list(value.items())[:MOST_ROWS]
        )
        return f'<div class="wide"><table>{rows}</table></div>'
    text = _words(value)
    more = " …" if len(text) > MOST_LETTERS else ""
    return f"<pre>{escape(text[:MOST_LETTERS])}{more}</pre>"


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(str(name) for row in rows[:MOST_ROWS] for name in row))
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_words(row.get(c, ''))[:500])}</td>" for c in columns)
        + "</tr>"
        for row in rows[:MOST_ROWS]
    )  # fmt: skip
    more = len(rows) - MOST_ROWS
    rest = f'<p class="dim">… and {more:,} more rows</p>' if more > 0 else ""
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>{rest}'


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return as_text(value)


def _for(question: Question) -> str:
    return f"For {escape(', '.join(question.of))} · " if question.of else ""


def _only(people: Sequence[str]) -> str:
    return people[0] if len(people) == 1 else ""


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )
