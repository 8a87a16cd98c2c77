"""What every store of components keeps to, in a file and on a server."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agents.contract import Grants, Outside
from agents.swarm.own_tables import OwnTables
from agents.swarm.ui_sync.agent import UiSyncAgent
from agents.swarm.ui_sync.shapes import Change, Declined, Mutation, Stored, whole
from agents.swarm.ui_sync.store import AT_ONCE, STATEMENTS, TOLD, Store
from tests.agents.conftest import means_in

EACH = 20
"""Mutations that each process makes."""
FEW = 2 * AT_ONCE
"""Changes that are remembered here."""


def tables_at(folder: Path, database_url: str) -> OwnTables:
    means = replace(means_in(folder), outside=Outside(database_url=database_url))
    return OwnTables(means, "ui_sync", "components.db", STATEMENTS)


def agent_at(folder: Path, database_url: str) -> UiSyncAgent:
    means = replace(means_in(folder), outside=Outside(database_url=database_url))
    return UiSyncAgent(Grants(folder=str(folder)), means)


def count_up(folder: Path, database_url: str, who: str) -> list[int]:
    """Writes a count of its own many times over, and gives the versions that made."""

    async def counted() -> list[int]:
        agent = agent_at(folder, database_url)
        made = [
            await agent.mutate("count", Mutation(id=f"{who}{at}", merge={who: at}))
            for at in range(EACH)
        ]
        await agent.close()
        return [one.version for one in made]

    return asyncio.run(counted())


def merging(name: str, base: int | None = None, **values: Any) -> Mutation:
    return Mutation(id=name, base=base, merge=values)


class ComponentStoreContract:
    """Each of its tests runs on every kind of database."""

    @pytest.fixture
    def database_url(self) -> str:
        raise NotImplementedError

    @pytest.fixture
    async def made(self, tmp_path: Path, database_url: str) -> AsyncIterator[Callable[[], Store]]:
        """Makes stores of the same components."""
        opened = list[OwnTables]()

        def make() -> Store:
            opened.append(tables_at(tmp_path, database_url))
            return Store(opened[-1])

        yield make
        for tables in opened:
            tables.close()

    @pytest.fixture
    def store(self, made: Callable[[], Store]) -> Store:
        return made()

    def test_what_nobody_set_is_nothing_of_version_0(self, store: Store) -> None:
        assert store.newest("cart") == (Stored(), [])

    def test_mutations_make_versions_and_are_told_in_order(
        self, store: Store, made: Callable[[], Store]
    ) -> None:
        store.commit("cart", merging("a", tea=1), 1.5, since=0)
        second = store.commit("cart", merging("b", milk="Größe \u0000"), 2.5, since=1)

        assert second.version == 2
        assert second.newest.changes == [Change(version=2, id="b", merge={"milk": "Größe \u0000"})]
        stored, changes = made().newest("cart")
        assert msgspec.json.decode(stored.value) == {"tea": 1, "milk": "Größe \u0000"}
        assert (stored.version, stored.at, [one.id for one in changes]) == (2, 2.5, ["a", "b"])

    def test_a_mutation_that_comes_again_is_done_once(self, store: Store) -> None:
        first = store.commit("cart", merging("a", tea=1), 1.0, since=0)
        store.commit("cart", merging("b", tea=2), 2.0, since=0)

        again = store.commit("cart", merging("a", tea=1), 3.0, since=0)
        elsewhere = store.commit("basket", merging("a", tea=1), 3.0, since=0)

        assert (again.version, again.newest.stored.value) == (first.version, '{"tea":2}')
        assert elsewhere.version == 1
        assert (first.is_repeated, again.is_repeated) == (False, True)

    def test_the_id_of_another_mutation_is_refused(self, store: Store) -> None:
        store.commit("cart", merging("a", tea=1), 1.0, since=0)

        with pytest.raises(Declined) as caught:
            store.commit("cart", merging("a", tea=2), 2.0, since=0)

        assert caught.value.code == "reused"
        assert store.newest("cart").stored.version == 1

    def test_a_mutation_that_is_declined_leaves_everything_as_it_was(self, store: Store) -> None:
        store.commit("cart", merging("a", tea=1), 1.0, since=0)

        with pytest.raises(Declined, match="There is no version 9 yet"):
            store.commit("cart", merging("b", 9, tea=2), 2.0, since=0)

        assert store.newest("cart").stored == Stored(1, '{"tea":1}', 1.0)

    def test_what_changed_since_a_mutation_s_base_is_known_for_long_but_not_for_ever(
        self, tmp_path: Path, database_url: str
    ) -> None:
        tables = tables_at(tmp_path, database_url)
        store = Store(tables, remembered=FEW)
        for at in range(FEW + AT_ONCE):
            store.commit("cart", merging(f"m{at}", tea=at), 1.0, since=at)

        late = store.commit("cart", merging("late", AT_ONCE, milk=1), 2.0, since=0)

        assert late.version == FEW + AT_ONCE + 1
        assert len(late.newest.changes) == TOLD
        with pytest.raises(Declined) as caught:
            store.commit("cart", merging("later", AT_ONCE - 1, milk=2), 2.0, since=0)
        assert caught.value.code == "outdated"
        tables.close()

    def test_what_was_removed_is_listed_no_more_and_goes_on_counting(self, store: Store) -> None:
        store.commit("cart", merging("a", tea=1), 1.0, since=0)
        empty = Mutation(id="b", patch=whole(None).patch)

        removed = store.commit("cart", empty, 2.0, since=0, removes=True)
        gone = [row.name for row in store.rows()]
        back = store.commit("cart", merging("c", tea=2), 3.0, since=0)

        assert (removed.newest.stored.value, gone, back.version) == ("null", [], 3)
        assert [(row.name, row.version, row.size) for row in store.rows()] == [("cart", 3, 9)]
        assert store.versions(["cart", "other"]) == {"cart": 3}

    def test_a_store_has_one_name_for_all_who_use_it(
        self, store: Store, made: Callable[[], Store]
    ) -> None:
        assert store.identity() == store.identity() == made().identity() != ""

    def test_of_processes_that_write_at_once_nothing_is_lost(
        self, store: Store, tmp_path: Path, database_url: str
    ) -> None:
        work = partial(count_up, tmp_path, database_url)
        with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
            one, other = processes.map(work, ("ada", "bob"))

        stored = store.newest("count").stored

        assert msgspec.json.decode(stored.value) == {"ada": EACH - 1, "bob": EACH - 1}
        assert sorted([*one, *other]) == list(range(1, 2 * EACH + 1))
        assert stored.version == 2 * EACH


class TestInAFile(ComponentStoreContract):
    @pytest.fixture
    def database_url(self) -> str:
        return ""


class TestInPostgres(ComponentStoreContract):
    @pytest.fixture
    def database_url(self, empty_postgres_url: str) -> str:
        return empty_postgres_url
