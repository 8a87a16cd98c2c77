"""Who may come in, over HTTP: logins, users, keys, tenants, and what everybody did."""
