"""Bearer tokens: those of a small set-up, known by their hash, and signed ones of an authorisation server."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jwt
from mcp.server.auth.provider import AccessToken

from canonry.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from canonry.config import OAuth, Token

PREFIX = "canonry_"
_LEEWAY = 10  # seconds that clocks may differ
_LONGEST = 8_192
_FRESH = 300.0  # seconds for which keys from an address count as fresh
_AGAIN = 30.0  # seconds before they are fetched again because a token names one that is not among them


def made() -> str:
    """Make a token: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """Hash a token as the configuration holds it; a plain hash is enough, because nobody guesses 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Verifier:
    """Says whose a bearer token is, or that it is nobody's; the SDK's middleware asks it.

    Args:
        url: What tokens are issued for; a signed token whose audience is another one is refused, here and by the SDK.
        tokens: Tokens of a small set-up.
        oauth: An authorisation server and its keys, if there is one.
        now: Reads the clock (UTC).
    """

    def __init__(self, url: str, tokens: tuple[Token, ...], oauth: tuple[OAuth, Keys] | None, now: Callable[[], datetime]) -> None:
        self._url, self._known, self._oauth, self._now = url, {t.sha256: t for t in tokens}, oauth, now

    async def verify_token(self, token: str) -> AccessToken | None:
        """Check a token; None refuses it."""
        if not token.isascii() or len(token) > _LONGEST:
            return None
        known = self._known.get(fingerprint(token))
        if known is not None:
            return self._of_ours(known)
        if self._oauth is None or token.count(".") != 2:  # noqa: PLR2004  (header, body and signature)
            return None
        try:
            return await self._signed(token, *self._oauth)
        except jwt.PyJWTError:
            return None

    def _of_ours(self, known: Token) -> AccessToken | None:
        if known.expires_at <= self._now().timestamp():
            return None
        return AccessToken(
            token="",  # not kept
            client_id=known.principal, scopes=[], expires_at=known.expires_at, resource=self._url, subject=known.principal,
            claims={"acting_for": known.acting_for},
        )  # fmt: skip

    async def _signed(self, token: str, oauth: OAuth, keys: Keys) -> AccessToken | None:
        header = jwt.get_unverified_header(token)
        key = await keys.named(header.get("kid"))
        if key is None or header.get("alg") not in oauth.algorithms:
            return None
        claims: dict[str, Any] = jwt.decode(
            token, key.key, algorithms=list(oauth.algorithms), audience=oauth.audience or self._url, issuer=oauth.issuer, leeway=_LEEWAY,
            options={"require": ["exp", "iss", "aud", oauth.principal], "strict_aud": False},
        )  # fmt: skip
        principal, acting_for = _parties(claims, oauth.principal)
        if not principal or claims["exp"] <= self._now().timestamp() - _LEEWAY:
            return None
        return AccessToken(
            token="", client_id=str(claims.get("client_id") or claims.get("azp") or principal), scopes=_scopes(claims),
            expires_at=int(claims["exp"]) + _LEEWAY, resource=self._url, subject=principal,
            claims={"iss": claims["iss"], "acting_for": acting_for, "scoped": True},
        )  # fmt: skip


def _parties(claims: Mapping[str, Any], name: str) -> tuple[str | None, str | None]:
    """Say who asks and on whose behalf: with a claim `act` (RFC 8693) the actor asks for the subject."""
    subject = _text(claims.get(name))
    if "act" not in claims:
        return subject, None
    actor = claims["act"].get("sub") if isinstance(claims["act"], dict) else None
    return (_text(actor), subject) if subject else (None, None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _scopes(claims: Mapping[str, Any]) -> list[str]:
    told = claims.get("scope", "")
    return told.split() if isinstance(told, str) else [str(s) for s in told] if isinstance(told, list) else []


class Keys:
    """The public keys of an authorisation server, from a file or from an address.

    Args:
        place: The address or the file.
        base: The folder that a file is relative to.
    """

    def __init__(self, place: str, base: Path) -> None:
        self._is_remote = urlsplit(place).scheme in ("http", "https")
        self._place = place if self._is_remote else str(base / place)
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    def read(self) -> None:
        """Read them now.

        Raises:
            ConfigError: There are none that can be read.
        """
        try:
            self._keys = self._fetched()
        except (OSError, ValueError, jwt.PyJWTError) as e:
            raise ConfigError("the public keys of serve.oauth cannot be read.", "Look at `serve.oauth.keys`: it must be a JWKS.") from e
        self._read_at = time.monotonic()

    async def named(self, kid: str | None) -> jwt.PyJWK | None:
        """Find a key; one that is not among them is looked for anew, but not more often than every half minute."""
        age = time.monotonic() - self._read_at
        if self._is_remote and age > (_FRESH if kid in self._keys else _AGAIN):
            async with self._reading:
                if time.monotonic() - self._read_at >= age:
                    await self._again()
        return self._keys.get(kid)

    async def _again(self) -> None:
        with suppress(OSError, ValueError, jwt.PyJWTError):  # else what is known goes on to count: the outage is none of ours
            self._keys = await asyncio.to_thread(self._fetched)
        self._read_at = time.monotonic()

    def _fetched(self) -> dict[str | None, jwt.PyJWK]:
        if self._is_remote:
            found = jwt.PyJWKClient(self._place, cache_jwk_set=False, timeout=5).fetch_data()
        else:
            with open(self._place, encoding="utf-8") as file:  # noqa: PTH123  (joined in the constructor)
                found = json.load(file)
        keys = jwt.PyJWKSet.from_dict(found).keys
        named: dict[str | None, jwt.PyJWK] = {k.key_id: k for k in keys}
        return named | ({None: keys[0]} if len(keys) == 1 else {})  # one key needs no name
