"""`heddle test`: the tests of flows, run without asking anything of the outside."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import msgspec

from graph.errors import HeddleError
from graph.values import shorten
from runtime.flow_tests.bench import PATIENCE
from runtime.flow_tests.case import Case, Suite
from runtime.flow_tests.exploring import pinned
from runtime.flow_tests.recording import case_of
from runtime.flow_tests.spelling import spelt
from runtime.flow_tests.tester import Place, Tester, place_of, places_in, suite_at
from runtime.flow_tests.tests_file import NotKept, keep_suite
from runtime.flow_tests.updating import renewed, updated
from runtime.flow_tests.verdict import Difference, Finding, Verdict
from runtime.headless import completing, options
from runtime.headless.exits import DONE, FAILED
from runtime.headless.granting import lend_secrets
from runtime.headless.junit import junit
from runtime.headless.loop import Interrupted, waited
from runtime.headless.runtimes import journal_of
from runtime.headless.sources import blocks_at_hand, read_stdin
from runtime.headless.values import console
from runtime.headless.verdicts import Teller
from runtime.headless.words import count
from runtime.settings import Settings


@click.command("test")
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE-or-FOLDER…", type=click.Path(path_type=Path)
)
@click.option("-k", "only", default="", metavar="WORDS",
              help="Only cases with these words in their name.")  # fmt: skip
@click.option("--case", "names", multiple=True, metavar="NAME",
              help="Only the case called exactly that. Repeatable.")  # fmt: skip
@click.option("--junit", "junit_file", type=click.Path(dir_okay=False, path_type=Path),
              metavar="FILE", help="Write the results as JUnit XML too.")  # fmt: skip
@click.option("--update", is_flag=True,
              help="Take what the flow gives now as expected, and show what changed.")  # fmt: skip
@click.option("--record", "run", default="", metavar="RUN", shell_complete=completing.runs,
              help="Make a case of this past run instead of running any.")  # fmt: skip
@click.option(
    "--name",
    default="",
    help="What the recorded case is called; one of that name is recorded anew.",
)
@click.option("--property", "number", type=click.IntRange(1, 100_000), metavar="NUMBER",
              help="Try so many inputs made up, too; one that fails becomes a case.")  # fmt: skip
@click.option("--seed", type=int, default=0, help="Make up others. [default: the same each time]")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=PATIENCE, show_default=True,
              metavar="SECONDS", help="How long a case may take.")  # fmt: skip
@click.option("--unsaved", is_flag=True, hidden=True,
              help="Take the flow from the standard input instead of its file.")  # fmt: skip
@options.as_json
@options.secrets
@options.where
@options.elsewhere
def command(
    paths: tuple[Path, ...],
    only: str,
    names: tuple[str, ...],
    junit_file: Path | None,
    update: bool,
    run: str,
    name: str,
    number: int | None,
    seed: int,
    timeout: float,
    unsaved: bool,
    as_json: bool,
    secret: tuple[str, ...],
    database: str | None,
    server: str | None,
    token: str | None,
) -> int:
    """A flow's tests stand beside it: triage.tests.json beside triage.flow.json. Name either, or
    folders, which are looked through to their ends.

    Everything pure runs again; what is asked of the outside is answered from the recording, so
    that a test needs no network, costs nothing and changes nothing.

    \b
    heddle run triage.flow.json                     to have a run
    heddle test triage.flow.json --record RUN       makes a test of it
    heddle test . --junit results.xml               in continuous integration
    """
    lend_secrets(secret)
    settings = options.settings(database)
    tester = Tester(
        blocks_at_hand(settings),
        settings,
        patience=timeout,
        text=read_stdin().decode() if unsaved else "",
    )
    teller = Teller(console(), json=as_json)
    wanted = _Wanted(_chosen(only, names), junit_file, update, number or 0, seed)
    try:
        if not run:
            places = places_in(paths, untested=wanted.number > 0)
            return waited(_test(tester, teller, places, wanted))
        if len(paths) != 1:
            raise click.UsageError("Name the one flow file whose test the run becomes.")
        recorded = _Recording(place_of(paths[0]), run, name, server, token)
        return waited(_record(tester, teller, recorded, settings))
    except Interrupted:
        raise click.Abort from None


def _chosen(only: str, names: Sequence[str]) -> Callable[[str], bool]:
    words = only.lower().split()
    return lambda name: all(word in name.lower() for word in words) and (name in names or not names)


class _Wanted(NamedTuple):
    """What is to be done with the tests."""

    chosen: Callable[[str], bool]
    junit: Path | None
    update: bool
    number: int
    seed: int


async def _test(tester: Tester, teller: Teller, places: Sequence[Place], wanted: _Wanted) -> int:
    began = time.perf_counter()
    found: dict[str, list[Verdict]] = {}
    taken = 0
    async with tester:
        for place in places:
            file = str(place.tests)
            try:
                suite = suite_at(place)
            except HeddleError as error:
                finding = Finding("flow", error.message, cure=error.cure)
                found[file] = [Verdict("The tests file", "broken", (finding,))]
                teller.file(file, 0)
                teller.verdict(file, found[file][0])
                continue
            cases = [name for name in suite.cases if wanted.chosen(name)]
            if cases or wanted.number:
                teller.file(file, len(cases))
                found[file], more = await _test_one(tester, teller, place, suite, wanted)
                taken += more
    verdicts = [verdict for of_file in found.values() for verdict in of_file]
    teller.summary(verdicts, time.perf_counter() - began)
    if wanted.junit is not None:
        _write(wanted.junit, junit(found))
    bad = sum(verdict.state in ("failed", "broken") for verdict in verdicts)
    return FAILED if bad > taken else DONE


async def _test_one(
    tester: Tester, teller: Teller, place: Place, suite: Suite, wanted: _Wanted
) -> tuple[list[Verdict], int]:
    """The verdicts on the tests of one flow, and how many of them were taken as expected."""
    file, verdicts, taken = str(place.tests), list[Verdict](), set[str]()
    async for verdict in tester.verdicts(place, suite, wanted.chosen):
        verdicts.append(verdict)
        teller.verdict(file, verdict)
    if wanted.update:
        suite, taken = _update(place, suite, verdicts, teller)
    if wanted.number:
        verdicts.append(await _explore(tester, place, suite, wanted))
        teller.verdict(file, verdicts[-1])
    return verdicts, len(taken)


async def _explore(tester: Tester, place: Place, suite: Suite, wanted: _Wanted) -> Verdict:
    """Try inputs made up; one by which something is wrong is kept as a case."""
    began = time.perf_counter()
    try:
        tried, trial = await tester.explored(place, suite, wanted.number, wanted.seed)
    except HeddleError as error:
        finding = Finding("flow", error.message, cure=error.cure)
        return Verdict("Inputs made up", "broken", (finding,))
    name, took = f"{count(tried, 'input')} made up", time.perf_counter() - began
    if trial is None or trial.finding is None:
        return Verdict(name, "passed", took=took)
    inputs = [Difference(name, actual=spelt(value)) for name, value in trial.inputs.items()]
    finding = msgspec.structs.replace(trial.finding, differences=inputs)
    if finding.about == "unrecorded":
        return Verdict(name, "broken", (finding,), took=took)
    rules = suite.properties.holds if suite.properties else ()
    case = pinned(trial, rules)
    notes: tuple[str, ...] = ()
    if all(other.inputs != case.inputs for other in suite.cases.values()):
        kept = suite.free_name(name_for(case))
        keep_suite(place.tests, suite.with_case(kept, case))
        notes = (f"Kept as the case {kept!r}.",)
    return Verdict(name, "failed", (finding,), notes, took)


def _update(
    place: Place, suite: Suite, verdicts: Sequence[Verdict], teller: Teller
) -> tuple[Suite, set[str]]:
    """Take what failing cases gave as expected; gives the tests then, and the names of those."""
    taken: set[str] = set()
    for verdict in verdicts:
        case = updated(suite.cases[verdict.name], verdict)
        if case != suite.cases[verdict.name]:
            suite = suite.with_case(verdict.name, case)
            taken.add(verdict.name)
    if taken:
        keep_suite(place.tests, suite)
        teller.taken(str(place.tests), sorted(taken))
    return suite, taken


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NotKept(f"{path} can't be written: {reason}.", cure="Name another file.") from error


# Recording.


class _Recording(NamedTuple):
    """Which run is to become a case of which flow, and where the run is kept."""

    place: Place
    run: str
    name: str
    server: str | None
    token: str | None


async def _record(tester: Tester, teller: Teller, recording: _Recording, settings: Settings) -> int:
    place = recording.place
    async with (
        journal_of(settings, recording.server, recording.token) as journal,
        tester,
    ):
        row = await journal.run(recording.run)
        events = await journal.read(row.run)
        made = await case_of(events, tester.plan(place), tester.bench(place))
    suite = suite_at(place)
    name = recording.name or suite.free_name(name_for(made.case))
    old = suite.cases.get(name)
    case = renewed(old, made.case) if old else made.case
    keep_suite(place.tests, suite.with_case(name, case))
    teller.recorded(str(place.tests), name, made)
    return DONE


def name_for(case: Case) -> str:
    """What a case is called as long as nobody says: by what goes in, and how it ends."""
    given = ", ".join(f"{name} = {shorten(value, 30)}" for name, value in case.inputs.items())
    named = given if len(given) <= 80 else f"{given[:79]}…"
    return (named or "without inputs") + (" fails" if case.fails else "")
