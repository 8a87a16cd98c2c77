"""What every test shares: a home of its own, real servers on demand, repeatable examples in CI."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.servers.postgres",
    "tests.servers.redis",
    "tests.servers.models",
    "tests.servers.llama",
    "tests.servers.soketi",
    "tests.servers.pusher_js",
]

# Windows of the tests are drawn in memory, wherever they run; said before any Qt is imported.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Two noisy cores decide how long an example takes, so no example has a deadline of its own;
# pytest's time limit bounds the whole test instead.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="session", autouse=True)
def home_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes what belongs to the person who runs it."""
    with pytest.MonkeyPatch.context() as variables:
        for name in list(os.environ):
            if name in ("DATABASE_URL", "REDIS_URL") or name.startswith(("HEDDLE_", "PUSHER_")):
                variables.delenv(name)
        variables.setenv("HEDDLE_HOME", str(tmp_path_factory.mktemp("home")))
        yield
