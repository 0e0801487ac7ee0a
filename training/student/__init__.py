"""Trains the small model that ships with Tocsin. `python -m student --help` says how."""
