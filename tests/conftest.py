"""What every test shares: real servers on demand, and property tests that repeat exactly in CI."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.servers.postgres"]

# Two noisy cores decide how long an example takes, so no example has a deadline of its own;
# pytest's time limit bounds the whole test instead.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
