"""The library of templates in the studio."""
