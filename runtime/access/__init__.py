"""Who may do what: people, their roles and their proofs."""
