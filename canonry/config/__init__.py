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

__all__ = [
    "ClaimColumns",
    "Config",
    "ConflictKind",
    "CsvOptions",
    "PolicyRule",
    "PolicyWord",
    "Protect",
    "Sidecar",
    "SignalSwitches",
    "Source",
    "When",
    "XlsxOptions",
    "find",
    "load",
    "parse",
]
