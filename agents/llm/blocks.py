"""What flows can ask of models: a chat, a look at pictures."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

from agents.llm import fields as f
from agents.llm.fields import Asking, Used
from graph.block import block
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Look


class Said(NamedTuple):
    """What it answered."""

    text: Annotated[str, "The answer."]
    messages: Annotated[
        list[dict[str, Any]], "The conversation with it, as another chat block takes it."
    ]
    usage: Annotated[Used, "Tokens, cost in US dollars and seconds, and the model that answered."]


Images = Annotated[
    Any, "Pictures to look at: bytes, files read as bytes, or web addresses; one or a list.",
]  # fmt: skip


@block(
    "ai.chat",
    title="Chat",
    icon="mdi6.chat-processing-outline",
    agent="llm",
    effect="write",
    repeatable=True,
    needs=f.needs,
    spends=f.spends,
    search=(
        "ai", "llm", "model", "prompt", "gpt", "claude", "openai", "anthropic", "ollama", "llama",
        "ask", "completion", "assistant", "generate", "write", "translate", "vision",
    ),
)  # fmt: skip
async def chat(
    prompt: Annotated[
        str, "What is asked, with {places} for the inputs linked to the block.", Look("lines")
    ],
    context: Context,
    system: f.System = "",
    model: f.Model = "",
    fallbacks: f.Fallbacks = (),
    images: Images = None,
    messages: Annotated[
        Any,
        "What was said before: the `messages` of another chat block, or records with `role` "
        "and `content`.",
        Look("json", more=True),
    ] = None,
    conversation: Annotated[
        str,
        "The name of a conversation that is kept between runs, and gone on with.",
        Look(more=True),
    ] = "",
    remember: Annotated[
        int, "How many turns of a kept conversation it is told.", Look(more=True)
    ] = 20,
    temperature: f.Temperature = None,
    most_tokens: f.MostTokens = 4096,
    thinking: f.Thinking = 0,
    stop: Annotated[
        Sequence[str], "Texts at which the answer ends, before they are said.", Look(more=True)
    ] = (),
    seed: f.Seed = None,
    keep_answers: f.Keep = False,
    **inputs: Any,
) -> Said:
    """Ask a language model, and watch the answer as it is written.

    With inputs linked to it, the prompt is a template as that of "Fill template": link a text as
    `document` and write `{document}`. Without any, the prompt goes out as it stands. The prompt
    is the last message; `messages`, and the turns of a kept conversation, come before it.

    A conversation is kept under its name for all flows of one folder. A replay takes the answer
    from the recording and adds nothing to it; a run that asks again goes on from where the
    conversation is by then.
    """  # fmt: skip
    # What asks models is loaded once a flow does.
    from agents.llm.chatting import Chat  # noqa: PLC0415 - see above

    asking = Asking(
        models=(model, *fallbacks), keep=keep_answers, most_tokens=most_tokens,
        temperature=temperature, thinking=thinking, seed=seed,
    )  # fmt: skip
    chatting = Chat(context, asking, system, stop)
    before = await chatting.before(messages, conversation, remember)
    answered = await chatting.answer(prompt, inputs, images, before)
    return Said(answered.text, answered.messages, answered.used)


@block(
    "ai.describe",
    title="Describe picture",
    icon="mdi6.image-search-outline",
    agent="llm",
    effect="write",
    repeatable=True,
    needs=f.needs,
    spends=f.spends,
    search=("ai", "image", "vision", "photo", "ocr", "caption", "alt text", "see", "read"),
)
async def describe(
    image: Annotated[
        Any, "The picture: bytes, a file read as bytes, or a web address; or a list of them."
    ],
    context: Context,
    task: Annotated[
        str, "What to say of it, with {places} for the inputs linked to the block.", Look("lines")
    ] = "Describe what is to be seen, in two or three plain sentences.",
    model: f.Model = "",
    fallbacks: f.Fallbacks = (),
    most_tokens: f.MostTokens = 1024,
    temperature: f.Temperature = None,
    keep_answers: f.Keep = False,
    **inputs: Any,
) -> Said:
    """Have a model look at pictures and say what is to be seen.

    It takes a model that sees. Ask it to read out what is written, and it does that.
    """
    from agents.llm.chatting import Chat  # noqa: PLC0415 - see chat

    if image is None or image in ("", []):
        raise BadInput("There is no picture.", cure="Link one to `image`.")
    asking = Asking((model, *fallbacks), keep_answers, most_tokens, temperature)
    answered = await Chat(context, asking).answer(task, inputs, image, ())
    return Said(answered.text, answered.messages, answered.used)
