"""The Debug Adapter Protocol, spoken by the client that its authors test with."""
