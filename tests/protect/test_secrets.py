"""Secrets of real forms are found, and what only looks like one is left alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.config import Protect
from canonry.protect import Guard, holds_secret
from canonry.protect.secrets import secrets
from tests.protect.tokens import FORMS, example

GUARD = Guard.of(Protect())


@pytest.mark.promise("secrets-are-found")
@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_secret_of_each_form_is_found_and_taken_out(form):
    for seed in range(5):
        text, secret = example(form, seed)
        masked = GUARD.masked(f"Use this to get in: {text}\nAsk Ada if it fails.\n")
        assert secret not in masked.text, form
        assert masked.text.startswith("Use this to get in: ")
        assert masked.text.endswith("Ask Ada if it fails.\n")
        assert holds_secret(masked.text)


@pytest.mark.promise("secrets-are-found")
@pytest.mark.parametrize(
    "text",
    [
        "Choose a password of at least 12 characters and change your password every 90 days.",
        "The password is case-sensitive. Password: required. Passwords: see the vault.",
        "Set `API_KEY` to the value from the vault: `api_key = os.environ['API_KEY']`.",
        "password: ${DB_PASSWORD}, token: <your-token>, secret: {{ vault.secret }}, key = ********",
        "postgres://user:password@localhost/db and https://user:${TOKEN}@git.example.org/x",
        "Our token budget is 4000. Token: getUserToken(id). The secret to good soup: patience2win-free!",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 and uuid 123e4567-e89b-12d3-a456-426614174000",
        "The header `-----BEGIN RSA PRIVATE KEY-----` begins such a file.",
        "ASIANPACIFICHERITAGE.GOV is a domain.",
        "Reset your password at https://id.example.org/reset?step=2 or mail password@example.org.",
        "| setting | password policy | 2024-12-31 |",
    ],
)
def test_text_about_secrets_is_left_alone(text):
    assert GUARD.masked(text) == (text, ())


@pytest.mark.promise("secrets-are-found")
@pytest.mark.parametrize(
    "disguise",
    [
        "\u200b".join,
        lambda s: s.replace("_", "\\_"),
        lambda s: "".join(f"&#{ord(c)};" for c in s),
        lambda s: f"{s[:9]}<b>{s[9:]}</b>",
        lambda s: f"{s[:9]}**{s[9:]}**",
    ],
)
def test_a_secret_that_shows_only_when_the_page_is_read_is_taken_out(disguise):
    text, secret = example("github", 1)
    masked = GUARD.masked(f"Token {disguise(text)} here.")
    assert holds_secret(masked.text)
    assert not any(secret[n : n + 8] in masked.text for n in range(len(secret) - 7))


@given(st.text(max_size=200), st.sampled_from(sorted(FORMS)), st.integers(0, 50), st.text(alphabet="aé漢🙂 \n.,", max_size=60))
def test_what_stands_around_a_secret_stays_and_nothing_of_it_is_left(before, form, seed, after):
    text, secret = example(form, seed)
    masked = GUARD.masked(f"{before} \n\n{text}\n\n{after}")
    assert secret not in masked.text
    assert GUARD.masked(masked.text).text == masked.text


@given(st.text(max_size=300))
def test_spans_are_in_order_and_apart(text):
    found = secrets(text)
    assert all(0 <= s.start < s.end <= len(text) for s in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_a_kind_that_is_to_be_ignored_is_left():
    text, _ = example("password", 3)
    assert Guard.of(Protect(ignore=["password"])).masked(text).text == text
    assert Guard.of(Protect(ignore=["ssn"])).masked(text).text != text


def test_flagged_secrets_are_told_and_left():
    text, _ = example("github", 3)
    masked = Guard.of(Protect(secrets="flag")).masked(text)
    assert masked.text == text
    assert [k.split()[1] for k in masked.kinds] == ["github"]


@pytest.mark.promise("personal-data")
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to jo.doe@example.org now.", "Write to [personal: email] now."),
        ("Call +44 20 7946 0958 today.", "Call [personal: phone] today."),
        ("SSN 078-05-1120.", "SSN [personal: ssn]."),
        ("Pay to GB82 WEST 1234 5698 7654 32.", "Pay to [personal: iban]."),
        ("Card 4111 1111 1111 1111, thanks", "Card [personal: card], thanks"),
        ("Order 4111 1111 1111 1112 of 2024-12-31, ticket 078-00-1120.", "Order 4111 1111 1111 1112 of 2024-12-31, ticket 078-00-1120."),
    ],
)
def test_personal_data_are_taken_out_where_that_is_switched_on(text, left):
    assert Guard.of(Protect(personal="redact")).masked(text).text == left
    assert GUARD.masked(text).text == text


def test_ignored_kinds_of_personal_data_stay():
    guard = Guard.of(Protect(personal="redact", ignore=["email", "ssn"]))
    assert guard.masked("jo@example.org 078-05-1120").text == "jo@example.org 078-05-1120"
