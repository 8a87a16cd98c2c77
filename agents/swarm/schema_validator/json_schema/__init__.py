"""JSON Schema: whether what one lets through, another lets through as well."""
