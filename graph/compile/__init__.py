"""Flow to plan: checked, sub-flows laid out, put in order, bound."""

from graph.compile.build import compile_flow, plan_of
from graph.compile.checks import check
from graph.compile.plan import Plan, Task

__all__ = ["Plan", "Task", "check", "compile_flow", "plan_of"]
