"""Connected components of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable


Member = TypeVar("Member", str, tuple[str, str])


def grouped(pairs: Iterable[tuple[Member, Member]]) -> dict[Member, list[Member]]:
    """Connected components: smallest member → members in order (union-find, independent of the order of the pairs)."""
    parent: dict[Member, Member] = {}

    def root(x: Member) -> Member:
        parent.setdefault(x, x)
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in pairs:
        ra, rb = root(a), root(b)
        if ra != rb:
            parent[max(ra, rb)] = min(ra, rb)
    groups: dict[Member, list[Member]] = {}
    for x in sorted(parent):
        groups.setdefault(root(x), []).append(x)
    return groups
