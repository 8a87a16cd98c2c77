"""The desktop studio: everything that is seen and clicked."""
