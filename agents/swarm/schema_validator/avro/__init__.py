"""Avro: reading schemas, checking values, and whether one schema reads what another wrote."""
