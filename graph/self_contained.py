"""A flow with the files it refers to embedded, so that it can be kept and sent as one text."""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from graph.catalog import Catalog
from graph.file_format import is_file
from graph.flow import Block, Flow


def self_contained(flow: Flow, catalog: Catalog) -> Flow:
    """The same flow, each file it refers to embedded under a name made of the file's."""
    renamed = _names(flow)
    flows = {
        renamed.get(name, name): self_contained(inner, catalog)
        for name, inner in flow.flows.items()
    }
    if flows == flow.flows:
        return flow
    blocks = {id: _rename(block, renamed, catalog) for id, block in flow.blocks.items()}
    return replace(flow, blocks=blocks, flows=flows)


def _names(flow: Flow) -> dict[str, str]:
    taken, renamed = set(flow.flows), dict[str, str]()
    for name in flow.flows:
        if is_file(name):
            stem = re.sub(r"\W", "_", name.rpartition("/")[2].partition(".")[0]) or "flow"
            stem = stem if not stem[0].isdigit() else f"_{stem}"
            fresh = next(
                n for n in (stem, *(f"{stem}_{k}" for k in range(2, 9999))) if n not in taken
            )
            taken.add(fresh)
            renamed[name] = fresh
    return renamed


def _rename(block: Block, renamed: Mapping[str, str], catalog: Catalog) -> Block:
    spec = catalog.get(block.kind)
    changed = {
        parameter.name: renamed[block.fields[parameter.name]]
        for parameter in (spec.flow_parameters if spec else ())
        if block.fields.get(parameter.name) in renamed
    }
    return replace(block, fields={**block.fields, **changed}) if changed else block
