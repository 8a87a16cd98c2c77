"""How tests are told of: a line for each case, what isn't as expected beneath it, a sum."""

from collections.abc import Iterator, Sequence

import click
import msgspec
from rich.console import Console
from rich.text import Text

from graph.values import shorten
from runtime.flow_tests.recording import Recorded
from runtime.flow_tests.verdict import Difference, Finding, State, Verdict
from runtime.headless.words import clean, count, duration
from runtime.wire import as_json

MARKS: dict[State, tuple[str, str]] = {
    "passed": ("✓", "green"),
    "failed": ("✗", "red"),
    "broken": ("!", "red"),
    "skipped": ("–", "yellow"),
}
_WORDS: dict[str, str] = {
    "passed": "passed", "failed": "failed", "broken": "can't be run", "skipped": "skipped",
}  # fmt: skip


class Teller:
    """Told of verdicts as they come, for people or, as lines of JSON, for programs."""

    def __init__(self, on: Console, *, json: bool) -> None:
        self._on = on
        self._json = json

    def file(self, name: str, cases: int) -> None:
        """The cases of this file are next."""
        if not self._json:
            self._on.print(Text.assemble((clean(name), "bold"), f"  {count(cases, 'case')}"))

    def verdict(self, file: str, verdict: Verdict) -> None:
        """This came of a case."""
        if self._json:
            self.line({"test": "case", "file": file, **msgspec.structs.asdict(verdict)})
            return
        mark, style = MARKS[verdict.state]
        took = duration(verdict.took) if verdict.took else ""
        self._on.print(
            Text.assemble((f"  {mark} ", style), clean(verdict.name), (f"  {took}", "dim")),
            soft_wrap=True,
        )
        for finding in verdict.findings:
            for line in _finding(finding):
                self._on.print(line, soft_wrap=True)
        for note in verdict.notes:
            self._on.print(Text(f"      {clean(note)}", "dim"), soft_wrap=True)

    def summary(self, verdicts: Sequence[Verdict], took: float) -> None:
        """All is told."""
        sums: dict[str, int] = {state: sum(v.state == state for v in verdicts) for state in MARKS}
        if self._json:
            self.line({"test": "summary", "took": round(took, 6), **sums})
            return
        told = [f"{number} {_WORDS[state]}" for state, number in sums.items() if number]
        bad = sums["failed"] or sums["broken"]
        self._on.print()
        self._on.print(
            Text.assemble(
                (", ".join(told) or "Nothing to run", "red" if bad else "green"),
                (f" in {duration(took)}", "dim"),
            )
        )

    def taken(self, file: str, names: Sequence[str]) -> None:
        """What these cases gave is expected from now on."""
        if self._json:
            self.line({"test": "taken", "file": file, "cases": names})
        for name in () if self._json else names:
            self._on.print(Text.assemble(("  ↻ ", "yellow"), f"taken as expected: {clean(name)}"))

    def recorded(self, file: str, name: str, made: Recorded) -> None:
        """A run has become a case."""
        if self._json:
            self.line({"test": "recorded", "file": file, "name": name, "notes": made.notes})
            return
        effects = count(len(made.case.effects), "recorded effect")
        self._on.print(
            Text.assemble(("✓ ", "green"), (clean(name), "bold"), f"  {effects}, in {clean(file)}")
        )
        for note in made.notes:
            self._on.print(Text(f"  {clean(note)}", "dim"), soft_wrap=True)

    def line(self, told: dict[str, object]) -> None:
        """One line of JSON."""
        click.echo(as_json(told))


def _finding(finding: Finding) -> Iterator[Text]:
    place = f"{clean(finding.place)}: " if finding.place else ""
    yield Text.assemble("      ", (place, "bold"), (clean(finding.message), "red"))
    for difference in finding.differences:
        yield from difference_lines(difference, "        ")
    if finding.cure:
        yield Text(f"      {clean(finding.cure)}", "dim")


def difference_lines(difference: Difference, indent: str) -> Iterator[Text]:
    """A difference: where it is, then what was expected and what came, one above the other."""
    if difference.reason:
        where = f"{difference.path}: " if difference.path else ""
        yield Text(clean(f"{indent}{where}{difference.reason}"))
        return
    if difference.path:
        yield Text(clean(indent + difference.path), "cyan")
        indent += "  "
    if difference.expected is not msgspec.UNSET:
        yield Text(clean(f"{indent}- {shorten(difference.expected, 160)}"), "red")
    if difference.actual is not msgspec.UNSET:
        yield Text(clean(f"{indent}+ {shorten(difference.actual, 160)}"), "green")
