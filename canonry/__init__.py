"""Canonry: one curated context store out of scattered documents and exports, that agents can trust.

The public names are `run` (the nightly job), `Client` (what agents can ask) and `compare_statements` (do two statements contradict
each other?); everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canonry.version import VERSION

if TYPE_CHECKING:
    from canonry.api import run
    from canonry.compare import compare_statements
    from canonry.serve import Client

__version__ = VERSION
__all__ = ["Client", "__version__", "compare_statements", "run"]


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that importing a part of canonry does not load all of it."""
    if name == "run":
        from canonry.api import run  # noqa: PLC0415

        return run
    if name == "Client":
        from canonry.serve import Client  # noqa: PLC0415

        return Client
    if name == "compare_statements":
        from canonry.compare import compare_statements  # noqa: PLC0415

        return compare_statements
    msg = f"module 'canonry' has no attribute {name!r}"
    raise AttributeError(msg)
