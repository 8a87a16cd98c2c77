"""What is typed into the debug console and is no expression: `:skip`, `:retry`, `:until`, …"""

import msgspec

from graph.errors import HeddleError
from graph.values import did_you_mean
from runtime.commands import ChangeInputs, ChangeOutputs, TakeWheel
from runtime.recorded import scope_of
from runtime.services.dap import going
from runtime.services.dap.desk import Desk
from runtime.services.dap.handles import Frame
from runtime.services.dap.shapes import OfThread, Skip
from runtime.services.dap.threads import MAIN

COMMANDS = {
    ":skip": 'Don\'t do the block: `:skip {"value": 7}` says what it is to have given.',
    ":retry": "Do the block again.",
    ":until": "Go on until a block is reached: `:until each/classify`.",
    ":drop": "Drop the changes made to the block's values.",
    ":wheel": "Steer the run from now on, whoever did before.",
    ":help": "Say what can be typed here.",
}


async def obeyed(desk: Desk, frame: Frame, text: str) -> str:
    """Do what was typed, and say so. Raises HeddleError."""
    word, _, rest = text.partition(" ")
    thread = desk.threads.of(frame.task) or MAIN
    match word:
        case ":skip":
            await going.skip(desk, Skip(thread, _record(rest)))
        case ":retry":
            await going.retry(desk, OfThread(thread))
        case ":until":
            await going.go_on_until(desk, rest.strip())
        case ":drop":
            await _drop(desk, frame.task)
        case ":wheel":
            debuggee = desk.debugged()
            await debuggee.obey(TakeWheel(debuggee.run, debuggee.client))
        case ":help":
            return "\n".join(f"{name}  {help}" for name, help in COMMANDS.items())
        case _:
            cure = did_you_mean(word, COMMANDS) or "`:help` says what there is."
            raise HeddleError(f"There is no command {word!r}.", cure=cure)
    return "Done."


def _record(text: str) -> dict[str, object]:
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, object])
    except msgspec.DecodeError:
        raise HeddleError(
            f"{text!r} is no JSON object.", cure='Write the outputs like {"value": 7}.'
        ) from None


async def _drop(desk: Desk, task: str) -> None:
    debuggee = desk.debugged()
    if task in debuggee.story.regiven:
        await debuggee.obey(ChangeOutputs(debuggee.run, task, {}, debuggee.client))
        await debuggee.shows(task, outputs=True)
    elif task in debuggee.story.given:
        await debuggee.obey(ChangeInputs(debuggee.run, task, {}, debuggee.client))
        debuggee.story.given.pop(task, None)
        await debuggee.shows(task, outputs=False)
    else:
        raise HeddleError("Nothing was changed here.")


def beside(task: str, block: str) -> str:
    """The address of a block in the same round as a task."""
    scope = task if task.endswith("]") else scope_of(task)
    inside = block.removeprefix(f"{scope}/") if scope else block
    if "/" in inside:
        return ""
    return f"{scope}/{inside}" if scope else inside
