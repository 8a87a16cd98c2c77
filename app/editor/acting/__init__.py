"""What is done to the flow on the canvas by menu, key and palette."""
