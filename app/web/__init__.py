"""The edge: Flask, htmx and what a page needs. Knows no feature."""
