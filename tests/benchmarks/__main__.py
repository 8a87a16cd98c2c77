"""The benchmarks' command line: `python -m tests.benchmarks NAME… --json`."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.benchmarks import machine, report, sections  # noqa: F401  (fills the table)
from tests.benchmarks.figure import Figure, short
from tests.benchmarks.locking import lock_all
from tests.benchmarks.race import Effort
from tests.benchmarks.registry import Benchmark, find, whole_chapters

EXPLAINED = """\
NAME is a figure (engine.chain) or the beginning of several (engine, peers.langgraph); none means
all. With --write their chapters are measured whole and renewed on the page, and the others stay.
Figures measured elsewhere are not comparable: always compare within one line."""


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=EXPLAINED)
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure")
    parser.add_argument("--json", action="store_true", help="one JSON line a figure")
    parser.add_argument("--list", action="store_true", help="name every figure and stop")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write them to a Markdown page")
    parser.add_argument(
        "--seconds",
        type=float,
        default=Effort.seconds,
        help="counted laps of a figure (%(default)s)",
    )
    parser.add_argument("--lock", action="store_true", help="choose the peers' versions anew")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Measure what was asked for; 2 if a name fits nothing."""
    options = arguments(words)
    if options.lock:
        lock_all()
        return 0
    try:
        chosen = find(options.names)
    except LookupError as error:
        print(error, file=sys.stderr)
        return 2
    if options.list:
        listing(chosen)
        return 0
    if options.write:
        chosen = whole_chapters(chosen)
    figures = list(told(measured(chosen, Effort(options.seconds)), as_json=options.json))
    if options.write:
        write(options.write, figures, options.names)
    return 0


def listing(chosen: Iterable[Benchmark]) -> None:
    for entry in chosen:
        print(f"{entry.name:34} {entry.title}")


def measured(chosen: Iterable[Benchmark], effort: Effort) -> Iterator[Figure]:
    for entry in chosen:
        yield entry.figure(effort)


def told(figures: Iterable[Figure], *, as_json: bool) -> Iterator[Figure]:
    """The same figures, each told as soon as it is there."""
    for figure in figures:
        text = json.dumps(figure.line(), ensure_ascii=False) if as_json else sentence(figure)
        print(text, flush=True)
        yield figure


def sentence(figure: Figure) -> str:
    got = figure.measured
    if got is None:
        return f"{figure.name:34} not measured: {figure.missing}"
    verdict = {True: "met", False: "missed", None: ""}[figure.met]
    numbers = f"{short(got.ours):>9} / {short(got.reference):>9} {got.unit:11} {got.ratio:8.3g}×"
    return f"{figure.name:34} {numbers}  {figure.target or ''!s:26} {verdict}".rstrip()


def write(place: Path, figures: Sequence[Figure], names: Sequence[str]) -> None:
    command = " ".join(["python -m tests.benchmarks", *names, "--write", str(place)])
    place.parent.mkdir(parents=True, exist_ok=True)
    if names and place.exists():
        page = report.renewed(place.read_text(encoding="utf-8"), figures, command)
    else:
        page = report.page(figures, machine.described(), command)
    place.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
