"""Sources that are weighed against votes that are counted."""
