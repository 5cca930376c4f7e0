"""How a sentence holds its value: as true today, as past, planned, denied, asked or supposed."""

from __future__ import annotations

import re

_MODALITIES = (
    ("question", re.compile(r"\?\s*$")),
    ("example", re.compile(r"\b(?:for example|for instance|e\.g\.|say,|suppose|imagine|hypothetical)", re.IGNORECASE)),
    (
        "was",
        re.compile(
            r"\b(?:was|were|had been|used to|formerly|previously|until|originally|in the past|at the time|"
            r"no longer|old|former|back in|before \d{4}|"
            r"(?:raised|increased|moved|changed|went|rose|dropped|cut|reduced) from|in (?:19|20)[01]\d)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "plan",
        re.compile(
            r"\b(?:will|would|plan(?:s|ned)?|propos(?:e|ed|al)|from next|next (?:year|quarter|month)|going to|"
            r"intend|expected to|should become|draft|"
            r"may change|considering|could|might|if approved)\b",
            re.IGNORECASE,
        ),
    ),
    ("not", re.compile(r"\b(?:not|never|isn't|aren't|doesn't|don't|cannot|instead of|rather than|except|unlike)\b", re.IGNORECASE)),
    ("must", re.compile(r"\b(?:must|shall|required)\b", re.IGNORECASE)),
)


def modality(sentence: str) -> str:
    """How a sentence holds its value: is, must, not, was, plan, question or example."""
    return next((name for name, pattern in _MODALITIES if pattern.search(sentence)), "is")
