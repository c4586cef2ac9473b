"""Measurements; each writes its figures beside itself."""
