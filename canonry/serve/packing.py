"""Whole items into a budget: what is chosen, what is left for the next pack, and the bytes of the result, counted exactly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canonry.serve import cursors
from canonry.serve.results import ContextPack, LeftOut, PackConflict, PackItem, Status, Tokens, Unmet
from canonry.serve.search import status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

_DIGITS = 2  # a larger budget is written with up to so many more digits
_SHOWN = 3  # cites named per reason of what was left out
_ENVELOPE = 1000  # bytes of a result without its items, conflicts and needs, at most
_TERSEST = 4  # see `Draft._built`
_LASTING = ("budget", "too_large")  # reasons that are said even where there is hardly any room
_LEAST_TOLD = ("less_relevant", "same_family")  # those that give way first: the caller did not ask for them
_REASONS = {
    "conflicting": "An open conflict touches an item: see conflicts.",
    "stale": "An item is out of date.",
    "ok": None,
    "insufficient": "Nothing that may be served answers this.",
}
_TOO_SMALL = "The budget is too small for any item."
_ABSTAINED = "Everything found is contested."


@dataclass(frozen=True)
class Candidate:
    """An item that may be packed.

    Attributes:
        item: As it is sent.
        partners: Numbers of the candidates that it should be served with: the other sides of an open conflict.
        needed: Number of the need of a task that is not met without it; 0 for none.
        asks: What that need asks for.
    """

    item: PackItem
    partners: tuple[int, ...] = ()
    needed: int = 0
    asks: str = ""


@dataclass
class Found:
    """What a request found, in the order in which it is packed.

    Attributes:
        candidates: What may be packed.
        left: Reason → cites of what may not, or is not wanted.
        unmet: Of a task: the needs that are not met; None without a task.
        about: Open conflicts that touch the candidates, by id.
        why: A sentence that stands for the usual reason of the status, if there is one.
    """

    candidates: list[Candidate] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=dict)
    unmet: list[Unmet] | None = None
    about: dict[str, PackConflict] = field(default_factory=dict)
    why: str = ""

    def leave(self, reason: str, cite: str) -> None:
        """Note an item that is not packed."""
        self.left.setdefault(reason, []).append(cite)


@dataclass
class Draft:
    """A pack in the making: candidates by number, within a budget.

    Attributes:
        found: The candidates.
        asked: The budget.
        release: The release.
        request: What a cursor is tied to.
        chosen: Numbers of the candidates that are in.
        done: Numbers of those that an earlier pack held, or that no pack of this budget can hold.
        is_first: Whether no pack went before.
    """

    found: Found
    asked: int
    release: str
    request: Any
    chosen: list[int] = field(default_factory=list)
    done: set[int] = field(default_factory=set)
    is_first: bool = True

    def fill(self, cursor: str | None = None) -> ContextPack:
        """Choose the candidates in their order: each with its partners, if they fit together; what does not fit waits for the next pack.

        Raises:
            AgentError: BAD_CURSOR.
        """
        state = cursors.state_of(cursor, self.release, self.request) if cursor else 0
        alone = self._too_large()
        self.done |= {n for n in range(len(self.found.candidates)) if state >> n & 1}
        self.is_first = cursor is None
        for n in range(len(self.found.candidates)):
            if n in self.done or n in self.chosen:
                continue
            together = [n, *(p for p in self.found.candidates[n].partners if p not in self.done and p not in self.chosen)]
            if self._fits([*self.chosen, *together]):
                self.chosen += together
            elif len(together) > 1 and not self._fits(together) and self._fits([*self.chosen, n]):
                self.chosen.append(n)  # no pack holds all sides; conflicts names the others
        return self._finished(min(alone.values()) + _DIGITS if alone and not self.chosen and self.is_first else None)

    def _too_large(self) -> dict[int, int]:
        """Set aside what no pack of this budget can hold; candidate → bytes of the smallest pack that holds it."""
        alone: dict[int, int] = {}
        for n, candidate in enumerate(self.found.candidates):
            surely = len(candidate.item.as_json().encode()) + _ENVELOPE < self.asked and not candidate.item.conflict_ids
            if not (surely and not self.found.unmet) and (used := self._used([n])) > self.asked:
                alone[n] = used
        self.done |= alone.keys()
        for n in alone:
            self.found.leave("too_large", self.found.candidates[n].item.cite)
        self._lack(alone)
        return alone

    def _lack(self, numbers: Iterable[int]) -> None:
        """A need whose item is not there is not met."""
        needed = [c for c in (self.found.candidates[n] for n in numbers) if c.needed]
        if needed and self.found.unmet is not None:
            why = "What was found does not fit the budget."
            lacking = [Unmet(need=c.needed, asks=c.asks, reason="budget", why=why, cite=c.item.cite) for c in needed]
            self.found.unmet = sorted([*self.found.unmet, *lacking], key=lambda u: (u.need, u.asks))

    def _fits(self, numbers: Sequence[int]) -> bool:
        rough = sum(len(self.found.candidates[n].item.text) for n in numbers)
        return rough < self.asked and self._used(numbers) <= self.asked

    def _used(self, numbers: Sequence[int]) -> int:
        """Bytes of the least that is sent with these candidates."""
        return self._built(numbers, None, terse=2).tokens.used

    def _finished(self, smallest: int | None) -> ContextPack:
        """Build the pack, saying as much of what is left out as there is room for."""
        self._lack(n for n in range(len(self.found.candidates)) if n not in self.done and n not in self.chosen)
        terse, pack = 0, self._built(self.chosen, smallest, terse=0)
        while pack.tokens.used > self.asked:
            if terse < _TERSEST:
                terse += 1
            else:  # the words about a need that waits for the next pack take a few bytes
                self._lack([self.chosen.pop()])
            pack = self._built(self.chosen, smallest, terse=terse)
        return pack

    def _built(self, numbers: Sequence[int], smallest: int | None, *, terse: int) -> ContextPack:
        """Build a pack.

        Terse is 0 to name what is left out, 1 to count it, 2 to drop the words of unmet needs and the least telling reasons, 3 to tell
        of the first need and of what waits only, 4 to tell no need.
        """
        items = [self.found.candidates[n].item for n in sorted(numbers)]
        waiting = [c.item.cite for n, c in enumerate(self.found.candidates) if n not in self.done and n not in numbers]
        left = {**(self.found.left if self.is_first else {}), "budget": waiting}
        touching = sorted({c for i in items for c in i.conflict_ids or ()} & self.found.about.keys())
        status, why = self._status(items, smallest)
        return counted(
            ContextPack(
                status=status,
                status_reason=why,
                items=tuple(items),
                conflicts=tuple(self.found.about[c] for c in touching),
                unmet=_unmet(self.found.unmet, terse),
                left_out=tuple(
                    _left_out(reason, cites, named=terse == 0)
                    for reason, cites in sorted(left.items())
                    if cites and (reason in _LASTING or terse < (2 if reason in _LEAST_TOLD else 3))
                ),
                smallest_budget=smallest,
                tokens=Tokens(asked=self.asked, used=0),
                release=self.release,
                next_cursor=self._cursor(numbers) if waiting and smallest is None else None,
            )
        )

    def _cursor(self, numbers: Sequence[int]) -> str:
        """Tell the next pack what is done: one bit a candidate, and one more, so that all cursors of a request are equally long."""
        state = sum(1 << n for n in {*self.done, *numbers}) | 1 << len(self.found.candidates)
        return cursors.issue(self.release, self.request, state)

    def _status(self, items: Sequence[PackItem], smallest: int | None) -> tuple[Status, str | None]:
        if self.found.unmet is not None:
            return task_status(self.found.unmet)
        if not items and "open_conflict" in self.found.left:
            return "conflicting", _ABSTAINED
        status = status_of(i.status for i in items)
        return status, _TOO_SMALL if smallest is not None else (not items and self.found.why) or _REASONS[status]


def task_status(unmet: Sequence[Unmet]) -> tuple[Status, str | None]:
    """Derive the status of a task from its needs that are not met: conflicting, stale where only age fails, else insufficient."""
    if not unmet:
        return "ok", None
    reasons = {u.reason for u in unmet}
    why = f"{len(unmet)} not met: see unmet."
    if "conflicting" in reasons:
        return "conflicting", why
    return ("stale" if reasons <= {"stale", "too_old"} else "insufficient"), why


def _unmet(unmet: list[Unmet] | None, terse: int) -> tuple[Unmet, ...] | None:
    if unmet is None or terse < 2:  # noqa: PLR2004  (see `Draft._built`)
        return None if unmet is None else tuple(unmet)
    short = [Unmet(need=u.need, asks=u.asks[:80], reason=u.reason, conflict_id=u.conflict_id) for u in unmet]
    return tuple(short[: {2: None, 3: 1, 4: 0}[terse]])


def _left_out(reason: str, cites: list[str], *, named: bool) -> LeftOut:
    return LeftOut.model_validate({"reason": reason, "items": len(cites), "cites": tuple(cites[:_SHOWN]) if named else None})


def counted(pack: ContextPack) -> ContextPack:
    """Fill in the size of the whole, its own digits included."""
    used, size = -1, 0
    while used != size:
        used = size
        pack = pack.model_copy(update={"tokens": Tokens(asked=pack.tokens.asked, used=used)})
        size = len(pack.as_json().encode())
    return pack
