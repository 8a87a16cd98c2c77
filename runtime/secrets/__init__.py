"""Where secrets are kept: variables, the keyring of the system, or an encrypted file."""
