"""Verdicts as JUnit XML, which every build server reads."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime.flow_tests.verdict import Verdict

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no way to say."""


def junit(verdicts: Mapping[str, Sequence[Verdict]]) -> bytes:
    """A document with a test suite for each file."""
    whole = ET.Element("testsuites", {"name": "heddle test", **_sums(_all(verdicts))})
    for file, of_file in verdicts.items():
        suite = ET.SubElement(whole, "testsuite", {"name": _told(file), **_sums(of_file)})
        for verdict in of_file:
            suite.append(_case(file, verdict))
    ET.indent(whole)
    text: bytes = ET.tostring(whole, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _all(verdicts: Mapping[str, Sequence[Verdict]]) -> list[Verdict]:
    return [verdict for of_file in verdicts.values() for verdict in of_file]


def _sums(verdicts: Sequence[Verdict]) -> dict[str, str]:
    def number(state: str) -> str:
        return str(sum(verdict.state == state for verdict in verdicts))

    return {
        "tests": str(len(verdicts)),
        "failures": number("failed"),
        "errors": number("broken"),
        "skipped": number("skipped"),
        "time": f"{sum(verdict.took for verdict in verdicts):.3f}",
    }


def _case(file: str, verdict: Verdict) -> ET.Element:
    case = ET.Element(
        "testcase",
        name=_told(verdict.name),
        classname=_told(Path(file).name.removesuffix(".tests.json")),
        file=_told(file),
        time=f"{verdict.took:.3f}",
    )
    if verdict.state == "skipped":
        ET.SubElement(case, "skipped", message=_told("; ".join(verdict.notes)))
    elif verdict.findings:
        tag = "failure" if verdict.state == "failed" else "error"
        first = verdict.findings[0]
        place = f"{first.place}: " if first.place else ""
        told = ET.SubElement(case, tag, type=first.about, message=_told(place + first.message))
        told.text = _told("\n".join(str(finding) for finding in verdict.findings))
    if verdict.notes and verdict.state != "skipped":
        ET.SubElement(case, "system-out").text = _told("\n".join(verdict.notes))
    return case


def _told(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
