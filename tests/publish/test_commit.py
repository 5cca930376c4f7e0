"""One publisher at a time; readers find a whole release at every moment, also when publishers are killed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonry import store
from canonry.errors import LockedError, StoreError
from canonry.publish import collect, files, lock, protocol, verify
from canonry.publish.content import content
from tests.publish.sample import documents, tables

PUBLISHER = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from tests.publish import sample
nights = sample.Nights(Path(sys.argv[2]))
print("ready", flush=True)
while True:
    parent = sample.store.current(nights.store)
    nights.publish((parent.sequence if parent else 0) % 20 + 1)
"""
HOLDER = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from canonry.publish import lock
with lock(Path(sys.argv[2])):
    print("locked", flush=True)
    sys.stdin.read()
"""
ROOT = str(Path(__file__).parents[2])


def start(code, *args):
    child = subprocess.Popen([sys.executable, "-c", code, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline()
    return child


def end(child):
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()


def test_a_second_run_is_told_which_process_holds_the_lock(nights):
    child = start(HOLDER, ROOT, str(nights.store))
    try:
        with pytest.raises(LockedError, match=rf"process {child.pid}\)") as refused:
            nights.publish()
        assert refused.value.exit_code == 75
    finally:
        end(child)
    assert nights.publish().published  # the lock dies with its process


def test_the_lock_may_be_taken_again_by_the_run_that_holds_it_but_not_by_another_thread(nights):
    refused = []

    def other():
        try:
            nights.publish(5)
        except LockedError as e:
            refused.append(e)

    with lock(nights.store):
        assert nights.publish().published
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        with lock(nights.store):
            pass
        assert nights.publish(2).published
    assert len(refused) == 1


def test_readers_find_a_whole_release_while_publishers_are_killed(nights):
    """The n-th night, the day n + 1 of December, has n documents; a release that shows another number would be a mixture."""
    nights.publish(20)
    rng, seen, wrong, stop = random.Random(7), set(), [], threading.Event()  # noqa: S311  (moments of dying, no secrets)

    def read():
        while not stop.wait(0.01):
            try:
                with store.connect(nights.store, "full") as file:
                    rows = file.sql("SELECT release_id, day(run_date), (SELECT count(*) FROM documents) FROM release").fetchall()
            except StoreError as e:
                wrong.append(str(e))
                return
            ((name, day, count),) = rows
            if count != day - 1:
                wrong.append((name, count))
            seen.add(name)

    reader = threading.Thread(target=read)
    reader.start()
    deadline = time.perf_counter() + 120
    kills, longest = 0, 0.8
    while time.perf_counter() < deadline and (kills < 8 or len(seen) < 3):
        before = len(seen)
        child = start(PUBLISHER, ROOT, str(nights.root))
        time.sleep(rng.uniform(0.05, longest))
        end(child)
        kills += 1
        longest = 0.8 if len(seen) > before else min(1.5 * longest, 10.0)  # a busy machine needs longer to get as far
    stop.set()
    reader.join()
    assert wrong == []
    assert len(seen) >= 3
    last = store.current(nights.store)
    done = nights.publish(21)
    assert done.manifest.parent == last.release_id
    assert not list(nights.store.glob(".staging-*"))
    collect(nights.store, 3)
    assert verify(nights.store) == []


def interrupted(monkeypatch, folder):
    """Let a keyboard interrupt come while the names in a folder are brought to disk."""
    real = files.sync

    def sync(path):
        if path == folder:
            raise KeyboardInterrupt
        real(path)

    monkeypatch.setattr(files, "sync", sync)


def test_an_interrupt_after_the_pointer_was_replaced_leaves_the_release_that_it_names(nights, monkeypatch):
    first = nights.publish().manifest
    with monkeypatch.context() as patched:
        interrupted(patched, nights.store)
        with pytest.raises(KeyboardInterrupt):
            nights.publish(2)
    here = store.needed(nights.store)
    assert here.parent == first.release_id
    assert verify(nights.store) == []
    assert nights.publish(3).manifest.parent == here.release_id


def test_an_interrupt_before_the_pointer_was_replaced_leaves_the_release_before_alone(nights, monkeypatch):
    first = nights.publish().manifest
    real = protocol.replace_file

    def replace(path, text):
        if path.name == store.POINTER:
            raise KeyboardInterrupt
        real(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(protocol, "replace_file", replace)
        with pytest.raises(KeyboardInterrupt):
            nights.publish(2)
    assert store.needed(nights.store) == first
    assert store.release_ids(nights.store) == [first.release_id]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_digests_do_not_depend_on_the_order_of_rows(nights, rng):
    given_tables = {**tables(9), "documents": documents(*(f"p{i}" for i in range(9)))}
    shuffled = {name: frame[rng.sample(range(frame.height), frame.height)] for name, frame in given_tables.items()}
    about = nights.inputs()
    assert content({"full": shuffled}, about).tables == content({"full": given_tables}, about).tables


def test_a_digest_is_the_same_in_one_piece_and_in_many():
    from canonry import published

    many = documents(*(f"p{i:06}" for i in range(70_000)))
    parts = pl.concat([many[40_000:], many[:40_000]], rechunk=False)
    table = published.DOCUMENTS
    assert table.digest(table.conform(many)) == table.digest(table.conform(parts))
