"""The welcome page: templates to start from, recent flows to go on with."""
