from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise

import pytest

from canonry import store
from canonry.report import page, render, view
from tests.publish.sample import Nights
from tests.report.cases import MARKUP
from tests.report.sample import publishable, tables

VOID = {"meta", "link", "input", "br"}


class Reader(HTMLParser):
    """The tags of a page, checked to be nested well."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.ids = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [v for k, v in attrs if k == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, self.getpos()

    def all(self, tag):
        return [attrs for t, attrs in self.tags if t == tag]


@pytest.fixture(scope="session")
def read(html):
    return Reader(html)


def test_the_page_is_well_nested_with_unique_ids(read):
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))


def test_markup_in_a_value_is_text(html, read):
    assert MARKUP not in html
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in html
    assert len(read.all("script")) == 1
    assert read.all("b") == []


def test_only_safe_addresses_are_linked(read):
    targets = {a["href"] for a in read.all("a")}
    assert targets
    assert {re.match(r"#|https?://|mailto:", t) is not None for t in targets} == {True}


def test_no_element_carries_a_handler_a_style_or_a_foreign_resource(read):
    for tag, attrs in read.tags:
        assert not [a for a in attrs if a.startswith("on") or a in {"style", "src", "srcset", "action"}], (tag, attrs)
    assert [a["href"] for a in read.all("link")] == ["data:,"]


def test_the_policy_of_the_page_allows_no_request_and_only_its_own_script(read):
    policy = next(m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert len(re.findall(r"'sha256-[\w+/=]{44}'", policy)) == 2


def test_what_the_policy_knows_is_what_the_files_hold():
    for name in ("page.css", "page.js"):
        text = (resources.files("canonry.report") / "templates" / name).read_text(encoding="utf-8")
        assert "</" not in text
        assert "http" not in text


def test_the_same_release_gives_the_same_bytes_in_another_process(html):
    code = (
        "import sys; from canonry.report import page, view; from tests.report.sample import publishable, tables; "
        "sys.stdout.buffer.write(page(view(tables(), name='Brightwater')).encode())"
    )
    again = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, check=True, env={"PYTHONHASHSEED": "7", "PYTHONPATH": "."}
    )
    assert again.stdout.decode() == html


def test_everything_can_be_read_without_the_script(html, read):
    assert "canonry rule k0001 --keep k0001c0" in html
    assert next(a for a in read.all("form"))["hidden"] is None
    assert not [a for a in read.all("article") if "hidden" in a]


def test_headings_descend_without_gaps_and_the_language_is_named(read):
    levels = [int(t[1]) for t, _ in read.tags if re.fullmatch(r"h[1-6]", t)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert read.all("html") == [{"lang": "en"}]


def test_the_winner_is_named_in_words_not_only_in_colour(html):
    assert html.count("✓ stands") == sum(c.status == "decided_by_policy" for g in view(tables()).groups for c in g.cards.rows) + 3


def test_what_is_not_on_the_page_is_counted_and_the_way_to_it_named():
    text = page(view(tables(), limit=5))
    assert "The first 5 of 21 conflicts are shown; 16 more are in the release." in text
    assert "canonry list conflicts" in text
    assert "The first 5 of 8 sources are shown" in text


def test_an_empty_release_makes_a_page_that_says_so():
    text = page(view({}))
    assert "Nothing waits for a person." in text
    assert "No page is a copy" in text
    assert Reader(text).open == []


def test_the_report_of_a_published_release_names_it(tmp_path):
    nights = Nights(tmp_path)
    nights.publish(editions={"full": publishable()})
    release = store.needed(nights.store)
    text = render(nights.store, name="Acme <Ltd>")
    assert release.release_id in text
    assert "handbook/people/leave.md#0" in text
    assert "Full-time employees get <mark>27</mark> days" in text
    assert "Acme &lt;Ltd&gt;" in text
    assert text == render(nights.store, release, "full", name="Acme <Ltd>")
