"""The labelled set of texts against records, and the command that measures the product on it."""
