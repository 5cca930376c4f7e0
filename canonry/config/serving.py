"""The section `serve` of `canonry.yaml`: who may ask over the network, how much, and what is noted of it."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from canonry.config.base import Strict

_BITS_256 = r"^[0-9a-f]{64}$"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Signatures with a public key only: whoever can check such a token cannot make one, and `none` is not among them.
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class Token(Strict):
    """A bearer token of a small set-up, by its hash; `canonry token PRINCIPAL` makes one."""

    principal: str = Field(min_length=1, description="Whose token it is; `editions` says what it reads.")
    sha256: str = Field(pattern=_BITS_256, description="SHA-256 of the token, in hexadecimal; the token itself stands nowhere.")
    expires_on: date = Field(description="The last day (UTC) on which it is accepted.")
    acting_for: str | None = Field(None, min_length=1, description="On whose behalf the principal asks; both must read one edition.")

    @property
    def expires_at(self) -> int:
        """The first second (Unix time) at which it is no longer accepted."""
        return int(datetime.combine(self.expires_on + timedelta(days=1), time(), UTC).timestamp())


class OAuth(Strict):
    """An authorisation server whose signed tokens (JWT) are accepted."""

    issuer: str = Field(description="Its address, exactly as the claim `iss` gives it.")
    keys: str = Field(description="Its public keys (JWKS): an https address, or a file relative to the configuration.")
    audience: str | None = Field(None, description="What the claim `aud` must hold; default: `serve.url`.")
    algorithms: tuple[Algorithm, ...] = Field(("RS256", "ES256"), min_length=1, description="Signatures that are accepted.")
    principal: str = Field("sub", min_length=1, description="The claim that names the principal.")

    @field_validator("keys")
    @classmethod
    def _not_in_the_clear(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            msg = "keys that come over plain http can be exchanged on the way; name an https address or a file"
            raise ValueError(msg)
        return value


class Limits(Strict):
    """How much is served, to whom, and for how long."""

    per_minute: int = Field(600, ge=1, description="Calls of one principal in a minute; short bursts of as many are let through.")
    at_once: int = Field(4, ge=1, le=64, description="Calls of one principal that are worked on at the same time; others wait.")
    workers: int = Field(8, ge=1, le=64, description="Calls of all principals that are worked on at the same time.")
    seconds: float = Field(10.0, gt=0, le=600, description="After so long a call ends with `TIMEOUT`, waiting included.")
    body_bytes: int = Field(65_536, ge=1_024, le=4_194_304, description="The longest request that is read.")


class Audit(Strict):
    """What stands in the record of calls, and when it is safe."""

    query_text: bool = Field(default=False, description="Whether the arguments themselves are kept, not only their hash.")
    sync: Literal["second", "call"] = Field(
        "second", description="When rows are forced to disk: at least each second, or before each answer is sent."
    )


Scope = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]


class Serve(Strict):
    """How agents are served."""

    url: str | None = Field(None, description="The address that agents use and tokens are issued for; default: the loopback address.")
    hosts: tuple[str, ...] | None = Field(None, description="Values of the header Host that are accepted; needed beyond loopback.")
    origins: tuple[str, ...] | None = Field(None, description="Web pages that may ask (header Origin); needed beyond loopback, may be [].")
    tokens: tuple[Token, ...] = Field((), description="Bearer tokens of a small set-up.")
    oauth: OAuth | None = Field(None, description="An authorisation server.")
    scopes: dict[str, tuple[Scope, ...]] = Field(
        {}, description="Principal → what it may do: `read`, `report`, `sql`, or the names of tools; default: read and report."
    )
    limits: Limits = Field(Limits(), description="What one principal may ask for.")
    audit: Audit = Field(Audit(), description="What is noted of each call.")

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            msg = "an address is written like https://context.example/mcp"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _each_token_once(self) -> Serve:
        if len({t.sha256 for t in self.tokens}) < len(self.tokens):
            msg = "a token stands twice; each principal has its own"
            raise ValueError(msg)
        return self

    def scopes_of(self, principal: str) -> frozenset[str]:
        """What a principal may do."""
        return frozenset(self.scopes.get(principal, ("read", "report")))


def is_loopback(host: str) -> bool:
    """Tell whether a host to bind to is reached from this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("context.example")
    (True, True, False, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
