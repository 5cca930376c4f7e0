"""Only a valid token passes: every way to be wrong that we know, alone and together."""

from __future__ import annotations

import itertools
import json
import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from canonry.config import Serve
from canonry.errors import ConfigError, UsageError
from canonry.mcp import address
from tests.flow.company import TinyWorkspace
from tests.mcp.serving import now, serving, token

ISSUER, URL = "https://login.example", "https://context.example/mcp"
FACT = {"subject": "Clearsight 200", "attribute": "list_price"}
RSA_KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
EC_KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC_PEM = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

AUDIENCES = {"right": URL, "among": [URL, "https://x.example"], "other": "https://x.example", "none": None, "prefix": URL + "/more"}
ISSUERS = {"right": ISSUER, "other": "https://evil.example", "none": None, "slash": ISSUER + "/"}
SIGNED = ("rs256", "es256", "none", "hs256", "rs512", "foreign", "tampered", "no_kid")
SCOPES = {"read": "read", "tool": "resolve_fact", "both": "read sql", "other": "search", "none": None, "foreign": "mail.read"}
SUBJECTS = {"known": "desk", "unknown": "stranger", "empty": "", "none": None, "number": 7, "full": "full"}
VALID = {
    "audience": {"right", "among"}, "expiry": {"later"}, "issuer": {"right"}, "signed": {"rs256", "es256"},
    "scope": {"read", "tool", "both"}, "subject": {"known"},
}  # fmt: skip


def expiries():
    return {"later": int(time.time()) + 600, "past": int(time.time()) - 600, "zero": 0, "none": None, "text": "tomorrow"}


CASES = [
    *({"audience": a, "issuer": i, "signed": s, "expiry": "later", "scope": "read", "subject": "known"}
      for a, i, s in itertools.product(AUDIENCES, ISSUERS, SIGNED)),
    *({"audience": "right", "issuer": "right", "signed": s, "expiry": e, "scope": c, "subject": "known"}
      for s, e, c in itertools.product(("rs256", "es256", "hs256"), expiries(), SCOPES)),
    *({"audience": "right", "issuer": "right", "signed": "rs256", "expiry": "later", "scope": c, "subject": u}
      for c, u in itertools.product(SCOPES, SUBJECTS)),
]  # fmt: skip


def signed(case):
    claims = {
        "aud": AUDIENCES[case["audience"]], "iss": ISSUERS[case["issuer"]], "exp": expiries()[case["expiry"]],
        "scope": SCOPES[case["scope"]], "sub": SUBJECTS[case["subject"]],
    }  # fmt: skip
    claims = {k: v for k, v in claims.items() if v is not None}
    return written(claims, case["signed"])


def part(value):
    return jwt.utils.base64url_encode(json.dumps(value).encode()).decode()


def written(claims, how):
    """Make a token by hand, because a good library refuses to make most of these."""
    alg = {"rs256": "RS256", "es256": "ES256", "none": "none", "hs256": "HS256", "rs512": "RS512"}.get(how, "RS256")
    kid = {"kid": "e" if how == "es256" else "r"} if how != "no_kid" else {}
    body = f"{part({'alg': alg, 'typ': 'JWT', **kid})}.{part(claims)}"
    if how == "none":
        return f"{body}."
    makers = {"es256": EC_KEY, "foreign": OTHER_KEY}
    if how == "hs256":
        import hashlib
        import hmac

        mac = hmac.new(PUBLIC_PEM, body.encode(), hashlib.sha256).digest()
    else:
        mac = jwt.get_algorithm_by_name(alg).sign(body.encode(), makers.get(how, RSA_KEY))
    if how == "tampered":
        body = f"{body.partition('.')[0]}.{part(claims | {'more': 1})}"
    return f"{body}.{jwt.utils.base64url_encode(mac).decode()}"


@pytest.fixture(scope="module")
def guarded(two_eyes, tmp_path_factory):
    """A server that trusts an authorisation server, by a file of its public keys."""
    base = two_eyes.company.base
    keys = [jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True) | {"kid": "r"}]
    keys += [jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True) | {"kid": "e"}]
    (base / "keys.json").write_text(json.dumps({"keys": keys}))
    (base / "oauth.yaml").write_text(json.dumps(two_eyes.company.config | {
        "journal": "journal-oauth",
        "serve": {"url": URL, "oauth": {"issuer": ISSUER, "keys": "keys.json"}, "limits": {"per_minute": 100_000},
                  "scopes": {"desk": ["read", "report"]}},
    }))  # fmt: skip
    with serving(TinyWorkspace.open(base / "oauth.yaml", {})) as asking:
        yield asking


def passes(asking, secret):
    got = asking.call(secret, "resolve_fact", **FACT)
    assert got.code in (200, 401), got
    return got.code == 200 and got.status in ("ok", "conflicting", "stale")


def test_of_three_hundred_signed_tokens_only_the_valid_ones_pass(guarded):
    assert len(CASES) >= 200
    wrong = [c for c in CASES if passes(guarded, signed(c)) != all(c[k] in v for k, v in VALID.items())]
    assert wrong == []
    assert sum(all(c[k] in v for k, v in VALID.items()) for c in CASES) >= 10


def test_a_token_that_is_signed_for_one_tool_opens_that_tool_only(guarded):
    narrow = signed({"audience": "right", "issuer": "right", "signed": "rs256", "expiry": "later", "scope": "tool", "subject": "known"})
    assert guarded.call(narrow, "resolve_fact", **FACT).status != "denied"
    assert guarded.call(narrow, "search", query="leave").status == "denied"


def test_whoever_has_no_token_is_told_where_to_get_one(guarded):
    got = guarded.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert got.status_code == 401
    assert 'resource_metadata="https://context.example/.well-known/oauth-protected-resource/mcp"' in got.headers["www-authenticate"]
    told = guarded.http.get(guarded.url.replace("/mcp", "/.well-known/oauth-protected-resource/mcp")).json()
    assert (told["resource"], told["authorization_servers"]) == (URL, [ISSUER])


def test_the_actor_and_the_one_it_acts_for_are_both_noted_and_must_read_the_same_edition(guarded):
    claims = {"aud": URL, "iss": ISSUER, "exp": int(time.time()) + 600, "scope": "read", "sub": "desk"}
    both = written(claims | {"act": {"sub": "helper"}}, "rs256")
    assert guarded.call(both, "resolve_fact", **FACT).status != "denied"
    assert (guarded.rows()[-1]["principal"], guarded.rows()[-1]["acting_for"]) == ("helper", "desk")
    for wrong in ({"sub": "people"}, {}, {"sub": ""}, {"sub": 3}, "helper", None):
        assert not passes(guarded, written(claims | {"act": wrong}, "rs256"))


STATIC = {
    "as made": (lambda s: f"Bearer {s}", True), "in small letters": (lambda s: f"bearer {s}", True),
    "nothing": (lambda s: None, False), "cut": (lambda s: f"Bearer {s[:-1]}", False),
    "longer": (lambda s: f"Bearer {s}x", False), "bare": (lambda s: s, False), "basic": (lambda s: f"Basic {s}", False),
    "upper": (lambda s: f"Bearer {s.upper()}", False), "two": (lambda s: f"Bearer {s}, {s}", False),
    "very long": (lambda s: f"Bearer {s * 200}", False), "not ascii": (lambda s: f"Bearer {s}é".encode(), False),
}  # fmt: skip


@pytest.mark.parametrize("how", STATIC)
def test_a_token_of_the_configuration_passes_only_as_it_was_made(asked, how):
    made, may = STATIC[how]
    header = made(asked.tokens["desk"])
    listing = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    got = asked.http.post(asked.url, content=listing, headers={} if header is None else {"authorization": header})
    assert got.status_code == (200 if may else 401)


def test_the_hash_of_a_token_is_no_token(asked, two_eyes):
    entry = two_eyes.company.config["serve"]["tokens"][0]
    assert asked.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, entry["sha256"]).status_code == 401


def test_a_token_ends_with_its_last_day(two_eyes):
    ends = now() + timedelta(days=3)
    secret, entry = token("desk", expires_on=ends.date())
    base = two_eyes.company.base
    (base / "short.yaml").write_text(json.dumps(two_eyes.company.config | {"journal": "journal-short", "serve": {"tokens": [entry]}}))
    midnight = datetime(ends.year, ends.month, ends.day, tzinfo=UTC) + timedelta(days=1)
    clock = [midnight - timedelta(seconds=1)]
    with serving(TinyWorkspace.open(base / "short.yaml", {}), clock=lambda: clock[0]) as asking:
        assert passes(asking, secret)
        clock[0] = midnight
        assert not passes(asking, secret)


def test_a_token_without_an_end_a_token_twice_and_keys_in_the_clear_are_refused():
    _, entry = token("desk")
    for wrong in (
        {"tokens": [{k: v for k, v in entry.items() if k != "expires_on"}]},
        {"tokens": [entry, entry]},
        {"tokens": [entry | {"sha256": "secret"}]},
        {"oauth": {"issuer": ISSUER, "keys": "http://login.example/keys"}},
        {"oauth": {"issuer": ISSUER, "keys": "k.json", "algorithms": ["HS256"]}},
        {"oauth": {"issuer": ISSUER, "keys": "k.json", "algorithms": ["none"]}},
        {"oauth": {"issuer": ISSUER, "keys": "k.json", "algorithms": []}},
    ):
        with pytest.raises(ValueError, match="validation error"):
            Serve.model_validate(wrong)


def test_nothing_is_served_over_http_without_tokens_and_nowhere_else_without_saying_as_what():
    _, entry = token("desk")
    with pytest.raises(UsageError, match="needs tokens"):
        address(Serve(), "127.0.0.1", 8420)
    known = Serve.model_validate({"tokens": [entry]})
    assert address(known, "127.0.0.1", 8420) == "http://127.0.0.1:8420/mcp"
    assert address(known, "::1", 8420) == "http://[::1]:8420/mcp"
    for host in ("0.0.0.0", "::", "192.0.2.1", "context.example"):  # noqa: S104
        with pytest.raises(UsageError, match="other machines"):
            address(known, host, 8420)
    told = Serve.model_validate({"tokens": [entry], "url": URL, "hosts": ["context.example"], "origins": []})
    assert address(told, "0.0.0.0", 8420) == URL  # noqa: S104


def test_a_server_whose_public_keys_cannot_be_read_does_not_start(two_eyes):
    base = two_eyes.company.base
    wrong = {"serve": {"url": URL, "oauth": {"issuer": ISSUER, "keys": "nothing.json"}}, "journal": "journal-none"}
    (base / "wrong.yaml").write_text(json.dumps(two_eyes.company.config | wrong))
    with pytest.raises(ConfigError, match="public keys"), serving(TinyWorkspace.open(base / "wrong.yaml", {})):
        pass
