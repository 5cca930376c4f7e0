"""The read side: search, context packs, facts, explanations and evaluation over one edition of one release."""

from canonry.serve.answers import Changes, FetchedItems, GapReceipt, TaskState
from canonry.serve.client import Client
from canonry.serve.errors import AgentError
from canonry.serve.evaluate import Evaluation, evaluate
from canonry.serve.index import Index
from canonry.serve.results import BatchAnswer, ConflictView, ContextPack, FactResult, Hit, SearchResult
from canonry.serve.sql import SqlResult
from canonry.serve.views import Explanation, StoreDescription

__all__ = [
    "AgentError",
    "BatchAnswer",
    "Changes",
    "Client",
    "ConflictView",
    "ContextPack",
    "Evaluation",
    "Explanation",
    "FactResult",
    "FetchedItems",
    "GapReceipt",
    "Hit",
    "Index",
    "SearchResult",
    "SqlResult",
    "StoreDescription",
    "TaskState",
    "evaluate",
]
