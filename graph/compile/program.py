"""A Python program as it is written: its imports, its functions, and the names it has given."""

import builtins
from collections import defaultdict
from collections.abc import Callable

from graph.available import MODULES
from graph.compile.plan import Plan
from graph.compile.ports import INPUT, OUTPUT
from graph.compile.pythonic import doc_text, identifier
from graph.compile.subflows import PASS, PINNED
from graph.flow import Flow
from graph.offered import is_offered
from graph.spec import BlockSpec

CONSTANT = "flow.constant"
CODE = "code.python"
_PLAIN = (CONSTANT, INPUT, OUTPUT)


_HELPERS = frozenset({
    "Context", "MISSING", "Signature", "any_of", "block", "came", "convert", "drained", "first",
    "present", "printing", "robust", "routed", "run",
})  # fmt: skip
"""What `runtime.exported` offers to programs."""

_TAKEN = {"flow", "context", "Any", *dir(builtins), *MODULES, *_HELPERS}


class Program:
    """The program as a whole; `write` adds the function for a body, by its plan and name."""

    def __init__(self, write: "Callable[[Program, Plan, str], None]") -> None:
        self._write = write
        self.helpers: set[str] = {"Context", "run"}
        self.functions: list[str] = []
        """In the order in which they are finished."""
        self.code: dict[tuple[int, int], str] = {}
        """The function for a task that is code: plan and task to name."""
        self.bodies: dict[int, str] = {}
        """The function for the plan of a body."""
        self._written: set[int] = set()
        self.modules: set[str] = set()
        """Modules that expressions name; code imports what it needs itself."""
        self._imports: dict[tuple[str, str], str] = {}
        self.names: set[str] = set(_TAKEN)

    def reserve(self, plan: Plan) -> None:
        """Name all functions first, so that no variable takes the name of one."""
        for i, spec in enumerate(plan.specs):
            if spec.kind == CODE:
                self.code[id(plan), i] = self.name(f"run_{plan.ids[i]}")
            elif spec.kind not in (*_PLAIN, PASS.kind, PINNED.kind):
                self.function(spec)
            for name, body in plan.bodies.get(i, {}).items():
                if id(body) not in self.bodies:
                    own = name.rpartition("/")[2].partition(".")[0].removeprefix("@")
                    self.bodies[id(body)] = self.name(own)
                    self.reserve(body)

    def function(self, spec: BlockSpec) -> str:
        """The name by which a block's function can be called."""
        source = (spec.function.__module__, spec.function.__name__)
        if source[0].startswith("heddle_pack_") or is_offered(spec.kind):
            self.helpers.add("block")
            return f"block({spec.kind!r})"
        if source not in self._imports:
            self._imports[source] = self.name(source[1], source[0].rpartition(".")[2])
        return self._imports[source]

    def body(self, plan: Plan) -> str:
        """The name of the function for a body, written when first asked for."""
        if id(plan) not in self._written:
            self._written.add(id(plan))
            self._write(self, plan, self.bodies[id(plan)])
        return self.bodies[id(plan)]

    def name(self, wanted: str, prefix: str = "") -> str:
        """A name nothing in the module has yet."""
        name = identifier(wanted)
        if name in self.names and prefix:
            name = identifier(f"{prefix}_{wanted}")
        base, number = name, 2
        while name in self.names:
            name, number = f"{base}_{number}", number + 1
        self.names.add(name)
        return name

    def text(self, flow: Flow) -> str:
        """The whole program, which is the flow's."""
        title = flow.name or "A flow"
        doc = f'"""{doc_text(title)}, as Python. Run it with `python FILE name=value …`."""'
        known = defaultdict[str, list[str]](list)
        for (module, name), ours in sorted(self._imports.items()):
            known[module].append(f"{name} as {ours}" if ours != name else name)
        imports = [f"from {module} import {', '.join(names)}" for module, names in known.items()]
        imports.append(f"from runtime.exported import {', '.join(sorted(self.helpers))}")
        modules = [f"import {name}" for name in sorted(self.modules)]
        head = "\n".join([doc, "", *modules, "from typing import Any", "", *imports])
        tail = 'if __name__ == "__main__":\n    run(flow)\n'
        return "\n\n\n".join([head, *self.functions, tail])
