"""The launcher behind manage.py: standard library only, because it runs before anything is installed."""
