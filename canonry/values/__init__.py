"""Typed canonical values: one form per type decides equality, conflicts, anchors and joins. Verbatim is always kept beside it."""

from canonry.values.forms import canonical
from canonry.values.kinds import NULLS, find, infer, is_null, kind_of
from canonry.values.patterns import PATTERNS
from canonry.values.value import Value

__all__ = ["NULLS", "PATTERNS", "Value", "canonical", "find", "infer", "is_null", "kind_of"]
