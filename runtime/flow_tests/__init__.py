"""Tests of flows: cases kept beside a flow, run without asking anything of the outside."""
