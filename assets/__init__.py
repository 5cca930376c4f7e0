"""Dagster's view of the chain: one asset per stage of `canonry.flow`, each in the module of its name."""
