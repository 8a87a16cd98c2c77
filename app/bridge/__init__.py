"""The studio's only way to a runtime, and the runtime it starts for itself."""
