"""Keeps schemas by version, and answers what fits them, what they break, and what they become."""

import asyncio
import functools
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, ParamSpec, TypeVar

import msgspec
from msgspec.structs import replace

from agents.contract import Grants, Health, Means
from agents.swarm.own_tables import OwnTables
from agents.swarm.schema_validator.admission import (
    digest_of,
    known_as,
    look_at,
    look_at_order,
)
from agents.swarm.schema_validator.formats.contract import format_of
from agents.swarm.schema_validator.levels import incompatibilities
from agents.swarm.schema_validator.migration import migrated, way_between
from agents.swarm.schema_validator.registry import STATEMENTS, Registry
from agents.swarm.schema_validator.shapes import (
    Incompatibility,
    Kept,
    Level,
    Listed,
    Lost,
    Platform,
    Renames,
    Schema,
    SchemaType,
    Unnamed,
)
from agents.swarm.schema_validator.transform.declarations import declared
from agents.swarm.schema_validator.transform.model import Losses
from agents.swarm.schema_validator.transform.names import type_name
from agents.swarm.schema_validator.transform.platforms import Carrying, rewritten
from agents.swarm.schema_validator.versions import following
from agents.worker import Worker, capability
from graph.errors import BadInput
from graph.schemas import Fault
from graph.values import did_you_mean

P = ParamSpec("P")
T = TypeVar("T")

FIRST = "1.0.0"
READ_AT_ONCE = 64
"""Schemas that are held ready to use."""


class Verdict(msgspec.Struct, frozen=True):
    """What came of a new version: where it breaks the level, and whether it is `kept`.

    `known` says that the very same is there already, as that version.
    """

    version: str
    level: Level
    incompatibilities: list[Incompatibility]
    digest: str
    kept: bool = False
    known: bool = False


class Transformed(msgspec.Struct, frozen=True):
    """A schema in another format or as another platform writes it, and a value taken along.

    `code` declares its types in the platform's language, if that is one with types.
    """

    definition: Any
    code: str
    value: Any
    lost: list[Lost]


class Migrated(msgspec.Struct, frozen=True):
    """A value as another version has it; `faults` says where it still isn't what that wants."""

    value: Any
    versions: list[str]
    faults: list[Fault]


class SchemaAgent(Worker):
    """Keeps schemas for all flows of this home. Every method raises BadInput and AgentError."""

    kind: ClassVar[str] = "schema_validator"
    title: ClassVar[str] = "Schemas"
    for_all: ClassVar[bool] = True

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._tables = OwnTables(means, self.kind, "schemas.db", STATEMENTS)
        self._registry = Registry(self._tables)
        self._ready = OrderedDict[str, Any]()

    async def close(self) -> None:
        """Let go of the database."""
        await asyncio.to_thread(self._tables.close)

    async def health(self, *, deep: bool = False) -> Health:
        """Deep: whether the schemas can be read."""
        return await self._tables.health(deep=deep)

    @capability("write")
    async def register(
        self,
        schema: Schema,
        *,
        level: Level | None = None,
        unnamed: Unnamed = "absent",
        renames: Renames = Renames(),
        dry_run: bool = False,
    ) -> Verdict:
        """Keep a new version of a schema, if it keeps to the level of compatibility."""
        return await self._apart(self._register, schema, level, unnamed, renames, dry_run)

    @capability("read")
    async def check(
        self, schema: Schema, *, level: Level | None = None, unnamed: Unnamed = "absent"
    ) -> Verdict:
        """Look what keeping a new version would come to, without keeping it."""
        return await self._apart(self._register, schema, level, unnamed, Renames(), True)

    @capability("read")
    async def validate(
        self, value: Any, schema_name: str, *, version: str = "", platform: Platform = "backend"
    ) -> list[Fault]:
        """Where a value isn't what a kept schema says; none when it is valid."""
        return await self._apart(self._validate, value, schema_name, version, platform)

    @capability("read")
    async def transform(
        self,
        schema_name: str,
        *,
        version: str = "",
        platform: Platform = "backend",
        to_type: SchemaType | None = None,
        to_platform: Platform | None = None,
        value: Any = None,
    ) -> Transformed:
        """Say a kept schema in another format or as another platform writes it."""
        return await self._apart(
            self._transform, schema_name, version, platform, to_type, to_platform, value
        )

    @capability("read")
    async def migrate(
        self,
        value: Any,
        schema_name: str,
        *,
        source: str,
        target: str = "",
        platform: Platform = "backend",
    ) -> Migrated:
        """Take a value from one version of a schema to another, up or down."""
        return await self._apart(self._migrate, value, schema_name, source, target, platform)

    @capability("read")
    async def versions(self, schema_name: str, *, platform: Platform = "backend") -> list[Kept]:
        """All versions of a schema, the oldest first."""
        return await self._apart(self._versions, schema_name, platform)

    @capability("read")
    async def schemas(self) -> list[Listed]:
        """All schemas by name and platform, with their versions, and when each was kept."""
        return await self._apart(self._registry.listed)

    @capability("read")
    async def compare(
        self,
        schema_name: str,
        *,
        old: str,
        new: str = "",
        platform: Platform = "backend",
        unnamed: Unnamed = "absent",
    ) -> list[Incompatibility]:
        """Where one version doesn't read what another wrote, in both directions."""
        return await self._apart(self._compare, schema_name, old, new, platform, unnamed)

    def _register(
        self,
        schema: Schema,
        level: Level | None,
        unnamed: Unnamed,
        renames: Renames,
        dry_run: bool,
    ) -> Verdict:
        look_at(schema, renames)
        self._read(schema)
        verdicts = list[Verdict]()

        def decide(earlier: list[Kept]) -> Kept | None:
            verdict = self._verdict(schema, earlier, level, unnamed)
            keeps = not (dry_run or verdict.known or verdict.incompatibilities)
            verdicts.append(replace(verdict, kept=keeps))
            return _kept(schema, verdict, renames) if keeps else None

        if dry_run:
            decide(self._registry.versions(schema.schema_name, schema.platform))
        else:
            self._registry.add(schema.schema_name, schema.platform, decide)
        return verdicts[-1]

    def _verdict(
        self, schema: Schema, earlier: Sequence[Kept], level: Level | None, unnamed: Unnamed
    ) -> Verdict:
        digest = digest_of(schema)
        level = level or (earlier[-1].level if earlier else "BACKWARD")
        if (known := known_as(schema, digest, earlier)) is not None:
            return Verdict(known.schema.version, known.level, [], digest, known=True)
        look_at_order(schema, earlier)
        found = functools.partial(self._broken, schema, earlier, unnamed)
        version = schema.version or (
            following(earlier[-1].schema.version, breaking=bool(found("BACKWARD")))
            if earlier
            else FIRST
        )
        return Verdict(version, level, found(level), digest)

    def _broken(
        self, schema: Schema, earlier: Sequence[Kept], unnamed: Unnamed, level: Level
    ) -> list[Incompatibility]:
        form = format_of(schema.schema_type)
        return incompatibilities(
            schema,
            [(one.schema.version, one.schema) for one in earlier],
            level,
            lambda reader, writer: form.differences(
                self._read(reader), self._read(writer), unnamed
            ),
        )

    def _compare(
        self, name: str, old: str, new: str, platform: Platform, unnamed: Unnamed
    ) -> list[Incompatibility]:
        newer = self._one(name, new, platform).schema
        return self._broken(newer, [self._one(name, old, platform)], unnamed, "FULL")

    def _validate(self, value: Any, name: str, version: str, platform: Platform) -> list[Fault]:
        schema = self._one(name, version, platform).schema
        return format_of(schema.schema_type).faults(value, self._read(schema))

    def _transform(
        self,
        name: str,
        version: str,
        platform: Platform,
        to_type: SchemaType | None,
        to_platform: Platform | None,
        value: Any,
    ) -> Transformed:
        schema = self._one(name, version, platform).schema
        losses = Losses()
        model = format_of(schema.schema_type).model_of(self._read(schema), name, losses)
        if to_platform is not None and to_platform != platform:
            value = Carrying(model, to_platform, losses).value(value)
            model = rewritten(model, to_platform, losses)
        written = format_of(to_type or schema.schema_type).written(model, losses)
        code = declared(model, type_name(name), to_platform or platform)
        return Transformed(written, code, value, losses.all())

    def _migrate(
        self, value: Any, name: str, source: str, target: str, platform: Platform
    ) -> Migrated:
        kept = self._versions(name, platform)
        way = way_between(kept, source, target or kept[-1].schema.version)
        made = migrated(value, way, lambda one: self._read(one.schema))
        last = way[-1].schema
        faults = format_of(last.schema_type).faults(made, self._read(last))
        return Migrated(made, [one.schema.version for one in way], faults)

    def _versions(self, name: str, platform: Platform) -> list[Kept]:
        if kept := self._registry.versions(name, platform):
            return kept
        there = self._registry.listed()
        elsewhere = [one.platform for one in there if one.schema_name == name]
        raise BadInput(
            f"No schema {name!r} is kept for {platform}.",
            cure=f"It is kept for {', '.join(elsewhere)}."
            if elsewhere
            else did_you_mean(name, [one.schema_name for one in there]) or "Register it first.",
        )

    def _one(self, name: str, version: str, platform: Platform) -> Kept:
        """A version of a schema, the newest for ""."""
        kept = self._versions(name, platform)
        return way_between(kept, version, version)[0] if version else kept[-1]

    async def _apart(self, work: Callable[P, T], *args: P.args, **given: P.kwargs) -> T:
        """The result of the work, done in a thread: schemas may take a second to compare."""
        try:
            return await self._tables.done(work, *args, **given)
        except RecursionError:
            raise BadInput("The schema, or the value, is nested too deeply.") from None

    def _read(self, schema: Schema) -> Any:
        """The schema ready to use, read anew only where it wasn't lately."""
        key = digest_of(schema)
        ready = self._ready.pop(key, None)
        if ready is None:
            ready = format_of(schema.schema_type).read(schema.definition)
        self._ready[key] = ready
        while len(self._ready) > READ_AT_ONCE:
            self._ready.popitem(last=False)
        return ready


def _kept(schema: Schema, verdict: Verdict, renames: Renames) -> Kept:
    return Kept(
        schema=replace(schema, version=verdict.version),
        digest=verdict.digest,
        level=verdict.level,
        renames=renames,
        at=time.time(),
    )
