"""Whether two statements taken as being about the same thing contradict each other."""

from canonry.compare.statements import compare_statements

__all__ = ["compare_statements"]
