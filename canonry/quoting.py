"""The order in which the claims of a side are quoted, the same wherever a conflict is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canonry.published import NO_RANK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from typing import Any


def quoted_first(claim: Mapping[str, Any], rank: int | None) -> tuple[int, bool, int, str]:
    """Sort key of the claims of one side: the better rank, an exact date, the newer one, then the id.

    It picks the claim that arbitration names as the winner, so that the first one quoted is the one that a decision speaks of.

    Args:
        claim: ``claim_id``; ``dated_on``, ``date_kind`` where they are known.
        rank: Authority of its source, 1 is best; None ranks last.
    """
    when: date | None = claim.get("dated_on")
    return rank or NO_RANK, bool(claim.get("date_kind") != "exact"), -(when.toordinal() if when else 0), str(claim["claim_id"])
