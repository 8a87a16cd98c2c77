"""A failure in the studio says where to click, not what to type on a command line."""

import pytest

from agents.contract import Grants
from agents.errors import NotGranted
from agents.folders import Folders
from agents.hosts import allow
from app.presenters.cures import in_studio
from app.presenters.live_run import LiveRun
from runtime.events import Failure, RunFailed
from runtime.failures import failure_of

NONE = Grants(folder="/flows", hosts=())


def refusals() -> list[Failure]:
    found = []
    for touch in (
        lambda: allow(NONE, "www.example.org", 443),
        lambda: Folders(NONE).readable("/etc/hosts"),
        lambda: Folders(NONE).writable("/etc/hosts"),
    ):
        with pytest.raises(NotGranted) as refused:
            touch()
        found.append(failure_of(refused.value, "get"))
    return found


@pytest.mark.parametrize("failure", refusals(), ids=lambda failure: failure.message)
def test_what_was_not_granted_can_be_allowed_in_the_studio(failure: Failure) -> None:
    assert "--allow-" in failure.cure

    said = in_studio(failure).cure

    assert "--allow" not in said
    assert said.endswith("under File → What the flow may touch.")


def test_a_run_that_is_shown_tells_it_so() -> None:
    [failure, *_] = refusals()
    run = LiveRun("r")

    run.take([RunFailed("r", 1, 1.0, failure=failure, took=1.0)])

    assert run.view.failure is not None
    assert run.view.failure.cure == (
        "If it should, allow www.example.org under File → What the flow may touch."
    )
