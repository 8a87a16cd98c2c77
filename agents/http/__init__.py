"""HTTP: requests, pages and downloads."""
