"""Attacks by SQL on the sandbox, and queries that must not tell whether hidden rows exist."""
