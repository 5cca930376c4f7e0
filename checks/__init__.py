"""What Dagster checks of each stage, in the module of its name; a check that blocks stops what is downstream."""
