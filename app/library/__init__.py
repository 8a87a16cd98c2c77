"""The library of templates: cards, what each needs, and keeping, sharing and using them."""
