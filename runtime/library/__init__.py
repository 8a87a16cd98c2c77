"""The library of templates: what they say of themselves, where they are kept, and packs of them."""
