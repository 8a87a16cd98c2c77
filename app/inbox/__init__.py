"""The inbox: what runs ask people, and the form to answer it by."""
