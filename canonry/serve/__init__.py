"""The read side: search, context packs, facts, explanations and evaluation over one edition of one release."""

from canonry.serve.client import Client
from canonry.serve.errors import AgentError
from canonry.serve.evaluate import Evaluation, evaluate
from canonry.serve.index import Index
from canonry.serve.results import BatchAnswer, ConflictView, ContextPack, Explanation, FactResult, Hit, SearchResult, StoreDescription
from canonry.serve.sql import SqlResult

__all__ = [
    "AgentError",
    "BatchAnswer",
    "Client",
    "ConflictView",
    "ContextPack",
    "Evaluation",
    "Explanation",
    "FactResult",
    "Hit",
    "Index",
    "SearchResult",
    "SqlResult",
    "StoreDescription",
    "evaluate",
]
