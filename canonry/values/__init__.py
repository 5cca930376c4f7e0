"""Typed canonical values: one form per type decides equality, conflicts, anchors and joins. Verbatim is always kept beside it."""

from canonry.values.forms import canonical, locale_of, read
from canonry.values.kinds import NULLS, infer, is_null, kind_of
from canonry.values.sentences import PATTERNS, find
from canonry.values.value import UNKNOWN, Locale, Value

__all__ = ["NULLS", "PATTERNS", "UNKNOWN", "Locale", "Value", "canonical", "find", "infer", "is_null", "kind_of", "locale_of", "read"]
