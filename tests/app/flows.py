"""Flows as tests open them."""

import pytest

from app.document import Document
from app.workbench import Workbench
from graph.file_format import read
from graph.flow import Flow
from runtime.compose import RESOURCES
from runtime.plugins import installed

CATALOG = installed(RESOURCES / "no packs here").catalog


def template(name: str) -> Flow:
    """A template that comes with Heddle."""
    path = RESOURCES / "templates" / f"{name}.flow.json"
    return read(path.read_bytes(), name=path.name)


def opened(request: pytest.FixtureRequest, flow: Flow) -> Workbench:
    """A workbench that is closed after the test."""
    workbench = Workbench(Document(flow), CATALOG)

    def close() -> None:
        workbench.close()
        workbench.deleteLater()

    request.addfinalizer(close)
    return workbench
