"""Cursors: where to go on in a long answer, bound to the release and to the request that they came from."""

from __future__ import annotations

import base64
import re
from binascii import Error as NotBase64
from typing import Any

from canonry.ids import digest_json
from canonry.serve.errors import AgentError

_FORM = re.compile(r"([\w-]{1,80})~([\w-]{1,400})~([0-9a-f]{8})")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}-(.+)")
_AGAIN = "Send next_cursor as it was given, with the same arguments; or ask without a cursor to begin again."


def issue(release: str, request: Any, state: int) -> str:
    """Write a cursor.

    Args:
        release: The release that the answer is from.
        request: All arguments of the request, as JSON-like values.
        state: Where to go on; not negative.
    """
    raw = state.to_bytes(max(1, (state.bit_length() + 7) // 8), "big")
    written = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return f"{short(release)}~{written}~{_seal(release, request, state)}"


def short(release: str) -> str:
    """Name a release without its date: the number and the digest tell it from all others, and every byte comes out of a budget.

    >>> short("2026-03-02-7-5b1e22aa")
    '7-5b1e22aa'
    """
    found = _DATED.fullmatch(release)
    return found[1] if found else release


def release_of(cursor: str) -> str:
    """Read which release a cursor goes on in, in short.

    Raises:
        AgentError: BAD_CURSOR.
    """
    found = _FORM.fullmatch(cursor)
    if found is None:
        raise _bad("This is no cursor of ours.")
    return found[1]


def state_of(cursor: str, release: str, request: Any) -> int:
    """Read where to go on.

    Raises:
        AgentError: BAD_CURSOR when the cursor was changed, or comes from another request or release.
    """
    if release_of(cursor) != short(release):
        raise _bad("The cursor belongs to another release.")
    written = cursor.split("~")[1]
    try:
        state = int.from_bytes(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)), "big")
    except (NotBase64, ValueError) as e:
        raise _bad("This is no cursor of ours.") from e
    if issue(release, request, state) != cursor:
        raise _bad("The cursor was changed, or belongs to another request.")
    return state


def _seal(release: str, request: Any, state: int) -> str:
    """Tie the parts together; it guards against mix-ups, not against forgery: a forged cursor reads nothing that a request could not."""
    return digest_json([release, request, state])[:8]


def _bad(message: str) -> AgentError:
    return AgentError("BAD_CURSOR", message, _AGAIN)
