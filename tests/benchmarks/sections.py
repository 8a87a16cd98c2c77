"""The chapters of the page, in its order; importing them fills the table of benchmarks."""

from importlib import import_module

SECTIONS = (
    "engine",
    "durable",
    "postgres",
    "watcher",
    "resume",
    "growth",
    "sandbox",
    "guards",
    "database_sync",
    "gateway",
    "pushed",
    "files",
    "history",
    "debugger",
    "canvas",
    "studio",
    "timeline",
    "metrics",
    "models",
    "streams",
    "against_peers",
)

for section in SECTIONS:
    import_module(f"tests.benchmarks.{section}")
