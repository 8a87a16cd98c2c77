"""What flows can do with code of their own."""

from typing import Annotated, Any, NamedTuple

from agents.code.sandbox import Sandbox
from graph.block import block
from graph.context import Context
from graph.spec import Example, Look, Needs


class Ran(NamedTuple):
    """What the code gave back, and what it printed."""

    value: Annotated[Any, "What the code gave back."]
    printed: Annotated[str, "What it printed on the way."]


@block(
    "code.python",
    title="Run Python",
    icon="mdi6.language-python",
    agent="code",
    effect="read",
    needs=lambda _: Needs(code=True),
    search=("code", "script", "function", "expression"),
    examples=[
        Example({"code": "return price * 2", "price": 21}, Ran(42, ""), "A value by its name"),
        Example(
            {"code": "print('hi')\n[n for n in range(3)]"},
            Ran([0, 1, 2], "hi\n"),
            "A last line that is an expression",
        ),
        Example(
            {
                "code": "import re\n\nfound = re.findall(r'#(\\d+)', text)\n"
                "return {'issues': [int(number) for number in found]}",
                "text": "Fixes #12 and #40",
            },
            Ran({"issues": [12, 40]}, ""),
            "With a module",
        ),
    ],
)
async def python(
    code: Annotated[str, "The body of a function of the block's inputs.", Look("code")],
    context: Context,
    **inputs: Any,
) -> Ran:
    """Run Python of your own, apart from everything and bounded.

    Inputs linked to the block are variables. `return` gives the value, or else a last line that
    is an expression. There are no files, network or environment; time and memory are limited.
    """
    sandbox = await context.agent(Sandbox)
    ran = await sandbox.run(code, inputs)
    return Ran(ran.value, ran.printed)
