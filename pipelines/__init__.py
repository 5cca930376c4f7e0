"""Dagster's entrance: definitions, jobs, schedules, sensors."""
