"""An agent: a model that uses flows as tools until it has an answer, in rounds that can be seen."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from agents.llm import fields as f
from agents.llm.fields import Asking, Used
from graph.block import FlowNames, block
from graph.context import Asked, Context
from graph.errors import Problem
from graph.flow import Block, Flow
from graph.spec import Look

Messages = Annotated[Any, "The conversation so far, as `messages` of a chat.", Look("json")]


class Turn(NamedTuple):
    """What a model said in one turn, what it wants used, and when that was."""

    message: Annotated[dict[str, Any], "The turn as it goes into the conversation."]
    said: Annotated[str, "The text of it."]
    thought: Annotated[str, "What it thought before."]
    calls: Annotated[
        list[dict[str, Any]], "The tools it wants used: `id`, `name`, `arguments`, `flaw`."
    ]
    ends: Annotated[str, "done, tool, length or refused."]
    usage: Annotated[Used, "Tokens, cost in US dollars and seconds, and the model that answered."]
    at: Annotated[float, "When it was said, in seconds since 1970."]


@block(
    "ai.turn",
    title="Turn of a model",
    icon="mdi6.comment-processing-outline",
    agent="llm",
    effect="write",
    repeatable=True,
    needs=f.needs,
    search=("ai", "llm", "tool", "function calling", "step", "agent", "turn"),
)
async def turn(
    messages: Messages,
    context: Context,
    tools: Annotated[
        Any, "Tools it may want used: records with `name`, `description`, `takes`.", Look("json")
    ] = (),
    system: f.System = "",
    model: f.Model = "",
    fallbacks: f.Fallbacks = (),
    must_use: Annotated[str, "The one tool it has to use; empty for none.", Look(more=True)] = "",
    most_tokens: f.MostTokens = 4096,
    temperature: f.Temperature = None,
    thinking: f.Thinking = 0,
    seed: f.Seed = None,
) -> Turn:
    """Have a model say the next thing in a conversation, or which tools it wants used.

    Nothing is used here: whoever runs the flow does that, as the block "Agent" does.
    """
    from agents.llm.loop import one_turn  # noqa: PLC0415 - what asks models is loaded once asked

    asking = Asking(
        models=(model, *fallbacks), most_tokens=most_tokens, temperature=temperature,
        thinking=thinking, seed=seed,
    )  # fmt: skip
    return Turn(*await one_turn(context, asking, messages, tools, system, must_use))


class Permission(NamedTuple):
    """Whether a tool may be used, for how long that holds, and what was said to it."""

    approved: Annotated[bool, "Whether it may be used now."]
    always: Annotated[bool, "Whether nobody is to be asked for this tool in this run again."]
    comment: Annotated[str, "What the person said; the model is told."]
    by: Annotated[str, "Who answered."]


@block(
    "ai.permission",
    title="Permission to use a tool",
    icon="mdi6.shield-account-outline",
    agent="llm",
    effect="read",
    patient=True,
    search=("ai", "approve", "human", "tool", "permission", "allow"),
)
async def permission(
    tool: Annotated[str, "The tool that the model wants used."],
    arguments: Annotated[Any, "What with.", Look("json")],
    context: Context,
    about: Annotated[str, "What the tool does."] = "",
) -> Permission:
    """Ask a person whether a tool may be used, and wait for the answer."""
    answered = await context.ask(
        Asked(
            title=f"May the agent use {tool}?",
            text=about,
            takes=_PERMISSION,
            shows={"tool": tool, "arguments": arguments},
        )
    )
    values = answered.values
    approved = values.get("approved") is True
    always = approved and values.get("always") is True
    return Permission(approved, always, str(values.get("comment", "")), answered.by)


_PERMISSION: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "approved": {"type": "boolean", "title": "Approved"},
        "always": {
            "type": "boolean",
            "title": "Don't ask for this tool again in this run",
            "default": False,
        },
        "comment": {
            "type": "string",
            "title": "Comment, which the model is told",
            "default": "",
            "maxLength": 10_000,
        },
    },
    "required": ["approved"],
    "additionalProperties": False,
}


def _around(kind: str, inputs: Sequence[str], outputs: Sequence[str], about: str) -> Flow:
    """A flow of one block, named as the last part of its kind, with these inputs and outputs."""
    id = kind.rpartition(".")[2]
    return Flow.of(
        [
            *(Block(f"in_{name}", "flow.input", {"name": name}) for name in inputs),
            Block(id, kind),
            *(Block(f"out_{name}", "flow.output", {"name": name}) for name in outputs),
        ],
        [
            *((f"in_{name}.value", f"{id}.{name}") for name in inputs),
            *((f"{id}.{name}", f"out_{name}.value") for name in outputs),
        ],
        description=about,
    )


TURN = _around(
    "ai.turn",
    (
        "messages", "tools", "system", "model", "fallbacks", "must_use", "most_tokens",
        "temperature", "thinking", "seed",
    ),
    Turn._fields,
    "A model says the next thing, or which tools it wants used.",
)  # fmt: skip
PERMISSION = _around(
    "ai.permission",
    ("tool", "arguments", "about"),
    Permission._fields,
    "A person is asked whether a tool may be used.",
)


class Worked(NamedTuple):
    """What the agent came to, how, and what it took."""

    answer: Annotated[Any, "Its answer: a text, or the record that was drawn."]
    ended: Annotated[
        str, "Why it ended: answered, or the bound it reached: steps, tokens, cost, seconds, stuck."
    ]
    steps: Annotated[
        list[dict[str, Any]],
        "What it did, in order: records with `kind` (thought, say, call, result, refusal), `turn`, "
        "`text`, `tool`, `arguments`, `task`.",
    ]
    messages: Annotated[list[dict[str, Any]], "The whole conversation, as a chat block takes it."]
    usage: Annotated[Used, "Tokens, cost in US dollars and seconds of all its turns."]


def _bounds(fields: Mapping[str, Any]) -> list[Problem]:
    problems = list[Problem]()
    for name in ("most_steps", "most_total_tokens", "most_cost", "most_seconds", "parallel"):
        value = fields.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
            message = f"{name!r} is above zero, not {value}."
            problems.append(Problem("field-value", message, field=name))
    return problems


@block(
    "ai.agent",
    title="Agent",
    icon="mdi6.robot-outline",
    agent="llm",
    patient=True,
    needs=f.needs,
    check=_bounds,
    bodies={"@turn": TURN, "@permission": PERMISSION},
    search=(
        "ai", "agent", "tools", "loop", "autonomous", "function calling", "react", "assistant",
        "research", "llm", "mcp", "gpt", "claude", "swarm",
    ),
)  # fmt: skip
async def agent(
    goal: Annotated[
        str, "What it is to do, with {places} for the inputs linked to the block.", Look("lines")
    ],
    context: Context,
    tools: Annotated[
        FlowNames, "The flows it may use: their inputs are what it gives them.", Look("flows")
    ] = (),
    system: f.System = "",
    model: f.Model = "",
    fallbacks: f.Fallbacks = (),
    ask_before: Annotated[
        Literal["writing", "always", "never"],
        "When a person is asked before a tool is used: if it changes something, always, or never.",
    ] = "writing",
    answer_fields: Annotated[
        dict[str, Any] | None,
        "What the answer holds: draw its fields. Left empty, it answers with a text.",
        Look("schema"),
    ] = None,
    most_steps: Annotated[int, "The most turns the model may take."] = 20,
    most_total_tokens: Annotated[
        int | None, "The most tokens all turns together may use up.", Look(more=True)
    ] = None,
    most_cost: Annotated[
        float | None, "The most US dollars all turns together may cost.", Look(more=True)
    ] = None,
    most_seconds: Annotated[
        float | None, "Seconds after which it begins no further turn.", Look(more=True)
    ] = None,
    on_bound: Annotated[
        Literal["fail", "give"], "At a bound: fail, or give what it has said last.", Look(more=True)
    ] = "fail",
    parallel: Annotated[
        int, "How many tools that it wants at once are run at a time.", Look(more=True)
    ] = 4,
    most_tokens: f.MostTokens = 4096,
    temperature: f.Temperature = None,
    thinking: f.Thinking = 0,
    seed: f.Seed = None,
    **inputs: Any,
) -> Worked:
    """Have a model work towards a goal, with other flows as its tools.

    Every turn of the model and every use of a tool is a round of this block: it can be seen,
    broken into, and replayed; what has finished is never asked or done again after a crash.

    An input of a tool that is called as one that is linked to this block gets that value: the
    model is neither asked for it nor can it change it. What tools give is data to the model,
    cut to a bearable size; nothing in it can add tools, answer for a person, or move a bound.
    """
    from agents.llm.loop import Bounds, Loop  # noqa: PLC0415 - see turn

    loop = Loop(
        context,
        tools,
        inputs,
        ask_before=ask_before,
        answer_by=answer_fields,
        bounds=Bounds(most_steps, most_total_tokens, most_cost, most_seconds, on_bound == "give"),
        parallel=parallel,
        asking={
            "model": model, "fallbacks": list(fallbacks), "most_tokens": most_tokens,
            "temperature": temperature, "thinking": thinking, "seed": seed,
        },
    )  # fmt: skip
    return Worked(*await loop.work(goal, system))
