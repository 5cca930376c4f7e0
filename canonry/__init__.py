"""Canonry: one curated context store out of scattered documents and exports, that agents can trust."""

__version__ = "0.1.0"
