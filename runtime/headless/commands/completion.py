"""`heddle completion`: the script that completes commands in a shell."""

import click
from click.shell_completion import get_completion_class

from runtime.headless.exits import DONE


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Commands and options, files, templates, kinds of blocks, inputs of a flow and the latest
    runs are completed.

    \b
    bash   heddle completion bash > ~/.local/share/bash-completion/completions/heddle
    zsh    heddle completion zsh > ~/.zfunc/_heddle      (with ~/.zfunc in fpath)
    fish   heddle completion fish > ~/.config/fish/completions/heddle.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None, "click knows the three"
    click.echo(kind(ctx.find_root().command, {}, "heddle", "_HEDDLE_COMPLETE").source())
    return DONE
