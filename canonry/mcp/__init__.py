"""The server for agents: the tools over the Model Context Protocol, for one principal at a time and never more than its edition."""

from canonry.mcp.callers import Caller, caller
from canonry.mcp.desk import Answer, Desk
from canonry.mcp.http import PORT, address, application, run
from canonry.mcp.releases import Releases
from canonry.mcp.server import over_stdio, server
from canonry.mcp.tokens import fingerprint, made
from canonry.mcp.tools import TOOLS, granted

__all__ = [
    "PORT",
    "TOOLS",
    "Answer",
    "Caller",
    "Desk",
    "Releases",
    "address",
    "application",
    "caller",
    "fingerprint",
    "granted",
    "made",
    "over_stdio",
    "run",
    "server",
]
