"""The integration coordinator: workflows over several platforms, begun, followed and undone."""
