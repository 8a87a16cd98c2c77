"""The pages of the inspector: a block, several, or the flow itself."""
