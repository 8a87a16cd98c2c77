"""The canvas: NodeGraphQt's view, with everything seen drawn in batches from numpy arrays."""
