"""A flow file is read whole or not at all, and saved as the one text its flow has."""

import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from graph.errors import FlowFileError, NewerFormat
from graph.file_format import FORMAT, UPGRADES, flow_hash, read, schema, schema_text, write
from graph.file_format.upgrades import upgraded
from graph.flow import Block, End, Flow, Frame, Link, Retry, Settings, View
from tests.graph.strategies import flows, mutated

SAMPLES = Path(__file__).parent / "samples"
SAMPLE = (SAMPLES / "format_1.flow.json").read_bytes()
SCHEMA_FILE = Path(__file__).parents[2] / "resources/schemas/flow.schema.json"

GREET = Flow.of(
    [
        Block("who", "flow.input", {"name": "who"}),
        Block("greet", "text.template", {"text": "Hello {who}"}, "Say hello"),
    ],
    [("who.value", "greet.who")],
    name="Greet",
    view=View({"who": (-40.0, 0.25), "greet": (120.0, 0.0)}),
)


def refusal(text: str | bytes) -> str:
    """What a person reads when the text is no flow file."""
    with pytest.raises(FlowFileError) as caught:
        read(text, name="orders.flow.json")
    return str(caught.value)


def file_with(**parts: Any) -> str:
    return json.dumps({"heddle": 1, **parts})


# Canonical save


def test_a_saved_flow_has_one_fact_per_line() -> None:
    assert write(GREET) == (
        "{\n"
        '  "heddle": 1,\n'
        '  "name": "Greet",\n'
        '  "blocks": {\n'
        '    "greet": {\n'
        '      "kind": "text.template",\n'
        '      "title": "Say hello",\n'
        '      "fields": {\n'
        '        "text": "Hello {who}"\n'
        "      }\n"
        "    },\n"
        '    "who": {\n'
        '      "kind": "flow.input",\n'
        '      "fields": {\n'
        '        "name": "who"\n'
        "      }\n"
        "    }\n"
        "  },\n"
        '  "links": [\n'
        '    "who.value -> greet.who"\n'
        "  ],\n"
        '  "view": {\n'
        '    "positions": {\n'
        '      "greet": [120, 0],\n'
        '      "who": [-40, 0.2]\n'
        "    }\n"
        "  }\n"
        "}\n"
    )


def test_moving_a_block_changes_one_line() -> None:
    moved = Flow(
        GREET.name,
        "",
        GREET.blocks,
        GREET.links,
        view=View({"who": (-40.0, 0.25), "greet": (120.0, 80.0)}),
    )

    before, after = write(GREET).splitlines(), write(moved).splitlines()

    assert [line for line in after if line not in before] == ['      "greet": [120, 80],']


@given(flows())
def test_loading_what_was_saved_gives_the_same_flow(flow: Flow) -> None:
    text = write(flow)

    again = read(text)

    assert again == flow
    assert write(again) == text


@pytest.mark.parametrize(
    "sample", sorted(SAMPLES.glob("format_*.flow.json")), ids=lambda path: path.name
)
def test_files_of_every_format_stay_readable(sample: Path) -> None:
    flow = read(sample.read_bytes())

    assert flow.description.endswith("must stay readable.")


@pytest.mark.parametrize(
    "sample", sorted(SAMPLES.glob("format_1*.flow.json")), ids=lambda path: path.name
)
def test_a_canonical_file_is_saved_as_it_was(sample: Path) -> None:
    assert write(read(sample.read_bytes())).encode() == sample.read_bytes()


def test_there_is_a_sample_and_an_upgrade_for_every_format() -> None:
    formats = {int(path.name.split("_")[1].split(".")[0]) for path in SAMPLES.glob("format_*")}

    assert formats == set(range(1, FORMAT + 1))
    assert set(UPGRADES) == set(range(1, FORMAT))


def test_whole_numbers_stay_apart_from_yes_and_from_fractions() -> None:
    flow = Flow.of([Block("a", "x.y", {"one": 1, "yes": True, "fraction": 1.0})])

    fields = read(write(flow)).blocks["a"].fields

    assert [(name, type(value)) for name, value in sorted(fields.items())] == [
        ("fraction", float),
        ("one", int),
        ("yes", bool),
    ]


def test_a_record_inside_a_field_keeps_the_order_of_its_keys() -> None:
    flow = Flow.of([Block("a", "x.y", {"columns": {"zip": 1, "city": 2}})])

    columns = read(write(flow)).blocks["a"].fields["columns"]

    assert list(columns) == ["zip", "city"]


def test_a_flow_that_is_a_file_of_its_own_is_left_out() -> None:
    inner = Flow.of([Block("a", "flow.constant")])
    flow = Flow(flows={"own": inner, "lib/other.flow.json": inner})

    assert set(read(write(flow)).flows) == {"own"}


@pytest.mark.parametrize(
    ("value", "what", "cure"),
    [
        (b"x", "blocks.a.fields.in can't be a bytes.", "Use text"),
        ((1, 2), "blocks.a.fields.in can't be a tuple.", "Use a list."),
        ({"x": [0, {1}]}, "blocks.a.fields.in.x[1] can't be a set.", "Use a list."),
        ({1: 2}, "blocks.a.fields.in has a key that is no text: 1.", "Write the key as text."),
        (float("nan"), "blocks.a.fields.in is nan, no number that JSON knows.", "or null."),
        pytest.param(
            2**64, "blocks.a.fields.in is too large a number.", "Keep it as text.", id="huge"
        ),
        pytest.param(
            "\ud83e", "blocks.a.fields.in holds half a", "Replace that character.", id="half"
        ),
        (Path("x"), "blocks.a.fields.in can't be a PosixPath.", "Write it as text."),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_place(value: Any, what: str, cure: str) -> None:
    flow = Flow.of([Block("a", "x.y", {"in": value})])

    with pytest.raises(FlowFileError) as caught:
        write(flow, name="orders.flow.json")

    assert str(caught.value).startswith(f"orders.flow.json can't be saved: {what}")
    assert cure in str(caught.value)
    assert caught.value.problems[0].block == "a"
    assert caught.value.problems[0].field == "in"


def test_everything_that_cannot_be_saved_is_named_at_once() -> None:
    link = Link(End("a", "x"), End("a", "y"))
    flow = Flow(
        blocks={
            "not a name": Block("not a name", "x.y"),
            "b": Block("c", "x.y", settings=Settings(retry=Retry(attempts="many"))),  # type: ignore[arg-type]
        },
        links={End("a", "z"): link},
        view=View({"b": (float("inf"), 0.0)}, frames={"f": Frame("", 0, float("nan"), 1, 1)}),
    )

    with pytest.raises(FlowFileError) as caught:
        write(flow)

    assert [problem.message for problem in caught.value.problems] == [
        "blocks.b is a block called 'c'.",
        "links keeps a.x -> a.y under a.z.",
        'blocks.b.settings.retry.attempts must be a whole number, not the text "many".',
        "view.positions.b[0] is inf, no number that JSON knows.",
        "view.frames.f.y is nan, no number that JSON knows.",
        '"not a name" can\'t be a block id: use letters, digits and underscores.',
    ]


# What a person may write by hand


def test_links_may_be_spaced_and_ordered_freely() -> None:
    flow = read(file_with(links=["  b.x->c.y  as  text", "a.x -> b.y"]))

    assert flow.links == {
        End("c", "y"): Link(End("b", "x"), End("c", "y"), "text"),
        End("b", "y"): Link(End("a", "x"), End("b", "y")),
    }


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read(b"\xef\xbb\xbf" + SAMPLE) == read(SAMPLE)


# Malformed files


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "orders.flow.json is empty. `heddle new` makes a flow to start from."),
        (b"\x7fELF\x00\x00", "orders.flow.json is no text but a binary file."),
        (b"{\n\n\xff}", "orders.flow.json is no UTF-8 text (line 3)."),
        pytest.param("\ud800", "orders.flow.json is no UTF-8 text.", id="half"),
        ("[1]", "orders.flow.json is JSON, but no flow"),
        ('{"blocks": {}}', 'doesn\'t say which format it has. If it is a flow file, add "heddle"'),
        ('{"heddle": true}', '"heddle" must be the version of the format'),
        ('{"heddle": 0}', '"heddle" must be the version of the format'),
        ('{"heddle": 1,\n}', "line 1, column 13: a comma is followed by a closing bracket."),
        ('{"heddle": 1 "a": 2}', "line 1, column 14: a comma or a closing bracket is missing"),
        ('{"heddle" 1}', "line 1, column 11: a colon is missing after the key."),
        ('{"heddle": }', "line 1, column 12: a value is missing here."),
        ('{"heddle": 1, name: 2}', "line 1, column 15: a key in double quotes is missing here."),
        ("{'heddle': 1}", "line 1, column 2: single quotes are no quotes in JSON."),
        ('{"heddle": 1} {', "line 1, column 15: something follows after the end of the flow."),
        ('{"heddle": 1, // why\n"name": ""}', "line 1, column 15: JSON has no comments."),
        ('{"a": "x\ny"}', "line 1, column 9: a line break or a tab stands inside a text."),
        ('{"a": "\\q"}', "line 1, column 8: the backslash is followed by nothing known."),
        ('{"heddle": 1,\n<<<<<<< HEAD\n', "line 2, column 1: a merge conflict is left here."),
        ('{"heddle": 1, "na', "line 1, column 18: the file ends in the middle."),
        ('{"heddle": 1, "blocks": {\n', "line 1, column 26: the file ends in the middle."),
        pytest.param("[" * 200_000, "column 201: brackets are nested 200 deep.", id="brackets"),
        pytest.param('{"a":' * 200_000, "brackets are nested 200 deep.", id="braces"),
    ],
)
def test_text_that_is_no_flow_is_refused_in_a_sentence(text: str | bytes, message: str) -> None:
    assert message in refusal(text)


def test_a_newer_format_asks_for_a_newer_heddle() -> None:
    with pytest.raises(NewerFormat, match=r"has format 99.* Update Heddle"):
        read('{"heddle": 99, "what": "ever"}')


def test_a_huge_file_is_refused_unread() -> None:
    assert "is larger than 64 MB" in refusal(b" " * (64 * 1024 * 1024 + 1))


@pytest.mark.parametrize("length", range(0, len(SAMPLE) - 2, 23))
def test_a_file_cut_short_says_so(length: int) -> None:
    message = refusal(SAMPLE[:length])

    assert "ends in the middle" in message or "is empty" in message or "no UTF-8" in message


def test_everything_wrong_is_listed_at_once_in_the_order_of_the_file() -> None:
    text = """{
      "heddle": 1,
      "blocks": {
        "parse": {"kind": "text.extract", "settings": {"retry": {"attempts": "three"}}},
        "my block": {"kind": "text.case", "feilds": {}},
        "wait": {"fields": {"seconds": NaN}, "settings": {"on_error": "contineu"}}
      },
      "links": [
        "parse.value -> wait.seconds",
        "parse.value => wait.value",
        "wait.value -> wait.seconds"
      ],
      "flows": {"body": {"view": {"positions": {"a": [1]}}}}
    }"""

    message = refusal(text)

    assert message.splitlines() == [
        "orders.flow.json can't be read: 9 problems.",
        "  line 4, column 66: blocks.parse.settings.retry.attempts must be a whole number, "
        'not the text "three".',
        '  line 5, column 9: "my block" can\'t be a block id: use letters, digits and underscores. '
        "For example 'my_block'.",
        '  line 5, column 43: blocks["my block"] has an unknown key "feilds". '
        "Did you mean 'fields'?",
        "  line 6, column 9: blocks.wait has no 'kind'. Say which block it is: `heddle blocks` "
        "lists the kinds.",
        "  line 6, column 29: blocks.wait.fields.seconds is nan, no number that JSON knows. "
        "Use a number, or null.",
        '  line 6, column 59: blocks.wait.settings.on_error must be one of "continue", "port", '
        '"stop", not the text "contineu". Did you mean \'continue\'?',
        '  line 10, column 9: links[1] is no link: "parse.value => wait.value". '
        'Write "block.port -> block.port".',
        "  line 11, column 9: Two links end in wait.seconds, from parse.value and from wait.value. "
        "Keep one, or bring them together in a block logic.merge_any.",
        "  line 13, column 49: flows.body.view.positions.a must be a list of two numbers, "
        "not a list.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"heddle": 1, "blocks": {\n "a": {"kind": "x.y"},\n "a": {"kind": "x.z"}}}',
            "line 3, column 2: blocks.a stands there twice, first in line 2. Keep one.",
        ),
        (
            '{"heddle": 1, "blocks": {"a": {"kind": "x.y", "fields": {"b": [{"c": 1,\n"c": 2}]}}}}',
            "line 2, column 1: blocks.a.fields.b[0].c stands there twice, first in line 1.",
        ),
        ('{"heddle": 1,\n"heddle": 1}', "line 2, column 1: heddle stands there twice"),
    ],
)
def test_a_key_that_stands_twice_is_named_with_both_lines(text: str, message: str) -> None:
    assert message in refusal(text)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"blocks": []}, "blocks must be an object, not a list."),
        ({"links": {}}, "links must be a list, not an object."),
        ({"links": [["a.b", "c.d"]]}, "links[0] must be text, not a list."),
        ({"links": ["a b.c -> d.e"]}, "links[0] is no link"),
        ({"name": None}, "name must be text, not null."),
        ({"blocks": {"1st": {"kind": "x.y"}}}, "For example '_1st'."),
        ({"blocks": {"": {"kind": "x.y"}}}, '"" can\'t be a block id'),
        ({"flows": {"a b": {}}}, '"a b" can\'t be a name of an embedded flow'),
        ({"flows": {"lib/x.flow.json": {}}}, "name 'lib/x.flow.json' where it is used."),
        ({"flows": {"in": {"heddle": 1}}}, 'flows.in has an unknown key "heddle".'),
        ({"view": {"frames": {"f": {"title": "t"}}}}, "view.frames.f has no 'width'."),
        (
            {"blocks": {"a": {"kind": "x.y", "settings": {"retry": {"attempts": True}}}}},
            "blocks.a.settings.retry.attempts must be a whole number, not true.",
        ),
        (
            {"blocks": {"a": {"kind": "x.y", "settings": {"time_limit": "1 s"}}}},
            'blocks.a.settings.time_limit must be a number, not the text "1 s".',
        ),
        (
            {"blocks": {"a": {"kind": "x.y", "settings": {"pin": [1]}}}},
            "blocks.a.settings.pin must be an object, not a list.",
        ),
    ],
)
def test_a_wrong_part_is_named_by_its_path(parts: dict[str, Any], message: str) -> None:
    assert message in refusal(file_with(**parts))


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("1e999", "blocks.a.fields.n is inf, no number that JSON knows."),
        pytest.param("1" * 5000, "blocks.a.fields.n is too large a number.", id="long"),
        ("-Infinity", "blocks.a.fields.n is -inf, no number that JSON knows."),
    ],
)
def test_numbers_beyond_all_bounds_are_named(number: str, message: str) -> None:
    text = f'{{"heddle": 1, "blocks": {{"a": {{"kind": "x.y", "fields": {{"n": {number}}}}}}}}}'

    assert message in refusal(text)


def test_a_field_nested_beyond_sense_is_named() -> None:
    value: Any = 1
    for _ in range(65):
        value = [value]

    message = refusal(file_with(blocks={"a": {"kind": "x.y", "fields": {"deep": value}}}))

    assert "blocks.a.fields.deep[0]" in message
    assert "is nested more than 64 levels deep. Flatten it." in message


@pytest.mark.parametrize(("levels", "message"), [(40, "32 levels deep"), (400, "200 deep")])
def test_flows_embedded_in_flows_without_end_are_refused(levels: int, message: str) -> None:
    text = '{"heddle": 1, "flows": ' + '{"a": {"flows": ' * levels + "{}" + "}}" * levels + "}"

    assert message in refusal(text)


def test_only_the_first_problems_of_a_hopeless_file_are_shown() -> None:
    message = refusal(file_with(links=["?"] * 5000))

    assert message.splitlines()[0].endswith("100 problems at least.")
    assert message.splitlines()[-1] == "  … and 80 more."


@given(st.binary(max_size=200) | mutated(SAMPLE))
def test_whatever_the_bytes_they_are_a_flow_or_a_clear_error(content: bytes) -> None:
    try:
        flow = read(content)
    except FlowFileError as error:
        message = str(error).encode()
        event("refused")
    else:
        message = flow_hash(read(write(flow))).encode()
        event("read")

    assert message


def test_a_route_must_be_that_of_a_link() -> None:
    message = refusal(file_with(view={"routes": {"parse": [[0, 0]]}}))

    assert '"parse" names no port that a link could end in. Write "block.port".' in message


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ({"routes": {"a.b": [[1]]}}, 'view.routes["a.b"][0] must be a list of two numbers'),
        ({"routes": {"a.b": 1}}, 'view.routes["a.b"] must be a list, not 1.'),
        ({"exposed": {"a": [1]}}, "view.exposed.a[0] must be text, not 1."),
        ({"bookmarks": {"a": [1, 2]}}, "view.bookmarks.a must be a list of three numbers"),
    ],
)
def test_what_is_wrong_with_the_drawing_is_said(view: dict[str, Any], said: str) -> None:
    assert said in refusal(file_with(view=view))


# Upgrades


def test_an_old_file_is_brought_up_one_version_at_a_time() -> None:
    upgrades = {
        1: lambda tree: {**tree, "blocks": tree["nodes"]},
        2: lambda tree: {key: value for key, value in tree.items() if key != "nodes"},
    }

    tree = upgraded({"heddle": 1, "nodes": {}}, 3, upgrades)

    assert tree == {"heddle": 3, "blocks": {}}


# Schema


def test_the_published_schema_is_the_one_the_code_makes() -> None:
    assert SCHEMA_FILE.read_text() == schema_text(), (
        "The shape of flow files changed. Write the schema anew: python -c 'from graph.file_format "
        f"import schema_text; print(schema_text(), end=str())' > {SCHEMA_FILE.name}"
    )


@given(flows())
def test_every_saved_flow_fits_the_schema(flow: Flow) -> None:
    jsonschema.Draft202012Validator(schema()).validate(json.loads(write(flow)))


@pytest.mark.parametrize(
    "parts",
    [{"veiw": {}}, {"links": ["a -> b"]}, {"blocks": {"a b": {"kind": "x.y"}}}, {"name": 1}],
)
def test_the_schema_refuses_what_reading_refuses(parts: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(schema())

    assert not validator.is_valid(json.loads(file_with(**parts)))
    assert refusal(file_with(**parts))


# Identity


def test_a_hash_tells_logic_and_ignores_how_it_is_drawn() -> None:
    drawn = Flow(GREET.name, "", GREET.blocks, GREET.links, view=View({"who": (9.0, 9.0)}))
    other = Flow(GREET.name, "", {"who": GREET.blocks["who"]}, GREET.links, view=GREET.view)

    assert flow_hash(drawn) == flow_hash(GREET)
    assert flow_hash(other) != flow_hash(GREET)


def test_a_hash_tells_yes_from_one() -> None:
    one, yes = (Flow.of([Block("a", "x.y", {"v": value})]) for value in (1, True))

    assert one == yes
    assert flow_hash(one) != flow_hash(yes)


def test_a_hash_sees_into_flows_that_are_files() -> None:
    def using(constant: int) -> Flow:
        inner = Flow.of([Block("a", "flow.constant", {"value": constant})])
        return Flow(flows={"lib.flow.json": inner})

    assert flow_hash(using(1)) != flow_hash(using(2))


def test_a_lattice_of_files_is_hashed_in_no_time() -> None:
    flow = Flow()
    for _ in range(60):
        flow = Flow(flows={"left.flow.json": flow, "right.flow.json": flow})

    assert len(flow_hash(flow)) == 64


# Speed


def test_a_flow_of_5000_blocks_is_read_in_a_time_nobody_notices() -> None:
    blocks = [
        Block(f"block_{i}", "text.template", {"text": "Hello {name}", "count": i, "b": [1, 2, 3]})
        for i in range(5000)
    ]
    links = [(f"block_{i}.value", f"block_{i + 1}.text") for i in range(4999)]
    links += [(f"block_{i}.value", f"block_{i + 7}.count") for i in range(4501)]
    view = View({block.id: (i * 10.5, float(i)) for i, block in enumerate(blocks)})
    text = write(Flow.of(blocks, links, view=view))

    start = time.process_time()
    flow = read(text)
    seconds = time.process_time() - start

    assert len(flow.blocks) == 5000
    assert len(flow.links) == 9500
    assert seconds < 10.0  # 0.04 on a desk; the rest is for a busy build machine
