"""Speakers of the languages of model services, one module each."""
