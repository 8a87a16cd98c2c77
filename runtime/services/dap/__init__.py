"""The Debug Adapter Protocol: editors set breakpoints in a flow file, step, read and change."""
