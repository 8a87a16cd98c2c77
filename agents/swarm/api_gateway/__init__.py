"""The API gateway: flows behind addresses that anybody's program can call."""
