"""How a person acts on the canvas with the mouse: one module for each gesture."""
