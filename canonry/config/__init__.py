"""The configuration: `canonry.yaml` as one model, and how it is read."""

from canonry.config.loading import find, load, parse
from canonry.config.model import (
    ClaimColumns,
    Config,
    ConflictKind,
    CsvOptions,
    PolicyRule,
    PolicyWord,
    Protect,
    Sidecar,
    SignalSwitches,
    Source,
    When,
    XlsxOptions,
)
from canonry.config.serving import LOOPBACK, Limits, OAuth, Serve, Token, is_loopback

__all__ = [
    "LOOPBACK",
    "ClaimColumns",
    "Config",
    "ConflictKind",
    "CsvOptions",
    "Limits",
    "OAuth",
    "PolicyRule",
    "PolicyWord",
    "Protect",
    "Serve",
    "Sidecar",
    "SignalSwitches",
    "Source",
    "Token",
    "When",
    "XlsxOptions",
    "find",
    "is_loopback",
    "load",
    "parse",
]
