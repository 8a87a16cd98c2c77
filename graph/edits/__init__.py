"""Every change to a flow as a value: what it does, and what takes it back."""

from graph.edits.blocks import (
    AddBlock,
    ChangeId,
    ChangeKind,
    ClearField,
    RemoveBlock,
    Rename,
    SetField,
    SetSettings,
)
from graph.edits.edit import Edit, Inside, Many, apply, inverse, together, touches_logic
from graph.edits.flows import AddFlow, RemoveFlow, SetBudget, SetFlowText
from graph.edits.links import Connect, Disconnect, SetRoute
from graph.edits.view import (
    ClearBookmark,
    ClearFrame,
    MoveBlocks,
    Position,
    SetBookmark,
    SetColour,
    SetExposed,
    SetFrame,
)
from graph.edits.words import describe, describe_all

__all__ = [
    "AddBlock",
    "AddFlow",
    "ChangeId",
    "ChangeKind",
    "ClearBookmark",
    "ClearField",
    "ClearFrame",
    "Connect",
    "Disconnect",
    "Edit",
    "Inside",
    "Many",
    "MoveBlocks",
    "Position",
    "RemoveBlock",
    "RemoveFlow",
    "Rename",
    "SetBookmark",
    "SetBudget",
    "SetColour",
    "SetExposed",
    "SetField",
    "SetFlowText",
    "SetFrame",
    "SetRoute",
    "SetSettings",
    "apply",
    "describe",
    "describe_all",
    "inverse",
    "together",
    "touches_logic",
]
