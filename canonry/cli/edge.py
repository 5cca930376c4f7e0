"""What comes in from outside: the clock, the environment, the login name. Nothing else in canonry reads them."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from canonry.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def now() -> datetime:
    """Read the clock (UTC)."""
    return datetime.now(tz=UTC)  # noqa: TID251  (the command line is where the time of day comes in)


def today() -> date:
    """Read the calendar (UTC)."""
    return now().date()


def environment() -> Mapping[str, str]:
    """Give the environment, for ``${VAR}`` in the configuration."""
    return os.environ  # noqa: TID251  (the command line is where the environment comes in)


def login_name() -> str:
    """Name the person at the keyboard.

    Raises:
        UsageError: The environment does not tell.
    """
    try:
        return getpass.getuser()
    except (OSError, KeyError) as e:
        raise UsageError("it is not known who you are.", "Say so with --by NAME.") from e
