"""Secrets of real forms with random bodies; none of them opens anything, and none stands in a file as a whole."""

from __future__ import annotations

import base64
import json
import random
import string

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
DIGITS = "123456789"


def _pem(kind, body):
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"


def _lines(r):
    return "\n".join(_of(r, 64, ALNUM + "+/") for _ in range(6))


def _of(r, n, alphabet=ALNUM):
    return "".join(r.choice(alphabet) for _ in range(n))


def _strong(r, n=12):
    return "".join(r.sample([*_of(r, n - 3, string.ascii_letters), *_of(r, 3, DIGITS)], n))


def _jwt(r):
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": _of(r, 8, DIGITS), "name": _of(r, 6)})
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts), _of(r, 43)])


FORMS = {  # name → (what is written around the secret, the secret)
    "anthropic": ("{}", lambda r: "sk-" + "ant-api03-" + _of(r, 93, ALNUM + "-_") + "AA"),
    "assignment": ("CLIENT_SECRET={}", lambda r: _strong(r, 40)),
    "aws id": ("{}", lambda r: "AK" + "IA" + _of(r, 16, string.ascii_uppercase + "234567")),
    "aws secret": ('export AWS_SECRET_ACCESS_KEY="{}"', lambda r: _strong(r, 40)),
    "azure": ("AccountName=store1;AccountKey={};EndpointSuffix=core.windows.net", lambda r: _of(r, 86, ALNUM + "+/") + "=="),
    "bearer": ("Authorization: Bearer {}", lambda r: _strong(r, 40)),
    "github": ("{}", lambda r: "gh" + "p_" + _of(r, 36)),
    "github fine": ("{}", lambda r: "github" + "_pat_" + _of(r, 22) + "_" + _of(r, 59)),
    "gitlab": ("{}", lambda r: "gl" + "pat-" + _strong(r, 20)),
    "google": ("{}", lambda r: "AI" + "za" + _of(r, 35, ALNUM)),
    "jwt": ("{}", _jwt),
    "npm": ("{}", lambda r: "np" + "m_" + _of(r, 36)),
    "openssh": ("{}", lambda r: _pem("OPENSSH ", _lines(r))),
    "password": ("Password: {}", _strong),
    "password in prose": ("The password for the guest network is {}.", _strong),
    "password in a table": ("| admin password | {} |", _strong),
    "password in yaml": ('password: "{}"', _strong),
    "pkcs8": ("{}", lambda r: _pem("", _lines(r))),
    "postgres": ("postgres://app:{}@db.internal:5432/app", _strong),
    "rsa": ("{}", lambda r: _pem("RSA ", _lines(r))),
    "rsa, cut": ("{}", lambda r: "-----BEGIN RSA PRIVATE KEY-----\n" + _lines(r)),
    "slack bot": ("{}", lambda r: "xo" + "xb-" + _of(r, 12, DIGITS) + "-" + _of(r, 12, DIGITS) + "-" + _of(r, 24)),
    "slack hook": ("{}", lambda r: f"https://hooks.slack.com/services/T{_of(r, 8, HEX.upper())}/B{_of(r, 8, HEX.upper())}/{_of(r, 24)}"),
    "stripe": ("{}", lambda r: "sk_" + "live_" + _strong(r, 24)),
    "telegram": ("{}", lambda r: _of(r, 10, DIGITS) + ":A" + "A" + _of(r, 33)),
    "url": ("https://deploy:{}@git.corp.example/x.git", _strong),
}


def example(form, seed):
    """A text with a secret of a form, and the secret."""
    around, make = FORMS[form]
    secret = make(random.Random(f"{form} {seed}"))  # noqa: S311  (no secret at all)
    return around.format(secret), secret
