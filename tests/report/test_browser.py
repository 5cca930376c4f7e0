"""The page in a real browser: what its script does, and that nothing leaves it."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from tests.report.test_page import Reader

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine; Debian's package is `chromium`")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def opened(html, tmp_path_factory):
    """Open the page from its file with an address's hash; gives the page as it then is, and every address that was asked for."""
    folder = tmp_path_factory.mktemp("browser")

    def run(fragment="", more="", size="1280,900"):
        log, file = folder / "net.json", folder / "report.html"
        file.write_text(more + html, encoding="utf-8")
        own = (f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}", f"--window-size={size}", "--hide-scrollbars", "--dump-dom")
        command = [CHROMIUM, *QUIET, *own, f"file://{file}{fragment}"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=90, text=True, encoding="utf-8")
        return done.stdout, requests(log.read_text(encoding="utf-8"))

    return run


def requests(log):
    """The addresses that the page asked for, out of the browser's log; what it asks for itself has no origin."""
    told = (e["params"] for e in json.loads(log)["events"] if isinstance(e.get("params"), dict))
    return {p["url"] for p in told if "url" in p and p.get("initiator", "not an origin") != "not an origin"}


def shown(dom):
    return [a for a in Reader(dom).all("article") if "hidden" not in a]


def test_all_conflicts_are_shown_at_first_and_the_filters_appear(opened):
    dom, _ = opened()
    assert len(shown(dom)) == 33
    assert "hidden" not in Reader(dom).all("form")[0]
    assert ">33 conflicts</p>" in dom


def test_nothing_is_asked_of_the_network(opened):
    _, addresses = opened("#q=leave")
    assert {a for a in addresses if not a.startswith("data:")} == set()


def test_a_request_would_be_seen(opened):
    _, addresses = opened(more='<img src="http://127.0.0.1:9/seen.png">')
    assert "http://127.0.0.1:9/seen.png" in addresses


def test_filters_in_the_address_are_applied_and_counted(opened):
    dom, _ = opened("#q=harrow+WATER&source=crm&kind=text_and_record&status=open&type=value_conflict&audience=staff")
    assert {a["id"] for a in shown(dom)} == {"c-k0008", "c-k0108", "c-k0208"}
    assert ">3 of 33 conflicts match</p>" in dom
    assert ">3 of 21</span>" in dom


def test_rows_of_the_other_sections_follow_the_source(opened):
    dom, _ = opened("#source=crm")
    rows = [a for a in Reader(dom).all("tr") if "data-sources" in a and "hidden" not in a]
    assert rows
    assert all("crm" in json.loads(a["data-sources"]) for a in rows)


def test_a_filter_that_matches_nothing_says_so(opened):
    dom, _ = opened("#q=there+is+no+such+thing")
    assert shown(dom) == []
    assert "hidden" not in next(a for a in Reader(dom).all("p") if a.get("id") == "none")


def test_an_unknown_value_in_the_address_is_no_filter(opened):
    dom, _ = opened("#type=nonsense")
    assert len(shown(dom)) == 33


def test_every_command_gets_a_copy_button(opened):
    dom, _ = opened()
    assert dom.count('<span class="command">') == dom.count(">Copy</button>") > 100


def test_markup_in_a_value_does_not_run(opened):
    dom, _ = opened()
    assert len(Reader(dom).all("script")) == 1


@pytest.mark.parametrize(
    ("keys", "focused"),
    [("jj", "c-k0202"), ("jjk", "c-k0201"), ("k", "c-k0003"), ("/", "q")],
)
def test_keys_move_between_conflicts_and_to_the_search(opened, keys, focused):
    press = f"for (const key of {json.dumps(keys)}) document.body.dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true }}));"
    tell = "document.title = document.activeElement.id || document.activeElement.name;"
    dom, _ = opened(more=f"<script>addEventListener('load', () => {{ {press} {tell} }});</script>")
    assert f"<title>{focused}</title>" in dom


def test_the_page_is_no_wider_than_a_narrow_window(opened):
    tell = "document.title = `${innerWidth} ${document.documentElement.scrollWidth}`;"
    dom, _ = opened(more=f"<!doctype html><script>addEventListener('load', () => {{ {tell} }});</script>", size="500,900")
    assert "<title>500 500</title>" in dom


def test_a_source_stands_for_those_found_inside_it(opened):
    dom, _ = opened("#source=flights")
    assert {a["id"] for a in shown(dom)} == {"c-k0010", "c-k0110", "c-k0210"}
