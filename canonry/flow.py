"""The whole chain on one screen: which stages there are, what each is made from, and how a night runs through them.

A stage is a pure function from the results of earlier stages to its own. Its annotations say which ones: `needs` reads them, and Dagster's
graph and the command line are both made from this one list.
"""

from __future__ import annotations

import inspect
import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry import audit, frames, journal, operating, store
from canonry.arbitrate import arbitrate
from canonry.bench import MemoryBench
from canonry.claims import claims
from canonry.conflicts import conflicts
from canonry.context import RunContext
from canonry.curate import curate
from canonry.erase import finish
from canonry.errors import RunFailedError, UsageError
from canonry.ingest import CopyStore, observe
from canonry.match import match, references
from canonry.normalise import normalise
from canonry.publish import About, GateResult, Published, collect, lock, publish, tasks
from canonry.score import score
from canonry.serve import Client, evaluate
from canonry.staleness import staleness
from canonry.state import FileMemo, counts
from canonry.version import VERSION
from canonry.workspace import RunSummary, Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from canonry.bench import Bench
    from canonry.context import History
    from canonry.publish import Gate
    from canonry.workspace import Progress, RunOptions, Workspace

FULL = "full"


@dataclass(frozen=True)
class Stage:
    """One step of the chain.

    Attributes:
        name: Its name, here, in `assets/` and in `checks/`.
        make: The function: a run context and results of earlier stages in, its own result out.
        reads: The fields of the configuration that it may read.
    """

    name: str
    make: Callable[..., Any]
    reads: tuple[str, ...] = ()

    @property
    def makes(self) -> str:
        """The name of the class of its result."""
        return str(inspect.signature(self.make).return_annotation)

    @property
    def takes(self) -> tuple[str, ...]:
        """The names of the classes of the results that it is made from."""
        return tuple(str(p.annotation) for p in list(inspect.signature(self.make).parameters.values())[1:])


PER_EDITION = (
    Stage("normalise", normalise, ("sources", "default_audience", "editions", "entities", "protect")),
    Stage("match", match, ("entities",)),
    Stage("claims", claims, ("entities",)),
    Stage("conflicts", conflicts, ("entities",)),
    Stage("staleness", staleness, ("sources.*.review_every", "sources.*.max_age", "sources.*.signals")),
    Stage("arbitrate", arbitrate, ("policy", "entities")),
    Stage("score", score, ("quality.weights",)),
    Stage("curate", curate, ("quality.floor", "protect", "sources.*.signals")),
)
STAGES = ("ingest", *(s.name for s in PER_EDITION), "publish")


def needs() -> dict[str, tuple[str, ...]]:
    """Stage → the stages that it is made from."""
    maker = {"Ingested": "ingest", **{s.makes: s.name for s in PER_EDITION}}
    out = {"ingest": (), **{s.name: tuple(maker[t] for t in s.takes) for s in PER_EDITION}}
    return {**out, "publish": ("ingest", "normalise", "match", "claims", "conflicts", "staleness", "arbitrate", "curate")}


CONTRACTS: Mapping[str, Mapping[str, str]] = {
    "ingest": {},
    "normalise": {"quarantine": "quarantine"},
    "match": {n: n for n in ("families", "entities", "entity_members", "match_links", "match_models", "coverage")},
    "claims": {n: n for n in ("claims", "attributes", "coverage")},
    "conflicts": {"coverage": "coverage"},
    "staleness": {"signals": "staleness", "coverage": "coverage"},
    "arbitrate": {n: n for n in ("claims", "facts", "conflicts", "conflict_claims", "observations", "rulings")},
    "score": {"components": "quality_components"},
    "curate": {
        n: n
        for n in (
            "context",
            "excluded",
            "documents",
            "records",
            "staleness",
            "families",
            "quality_components",
            "lineage",
            "id_changes",
            "quarantine",
            "sources",
        )
    },
    "publish": {n: n for n in ("release", "tasks", "_postings")},
}
"""Stage → frame of its result → the published table whose contract that frame keeps; Dagster's schemas and checks follow it."""


@dataclass
class Night:
    """One run: its inputs, opened; and where its results lie.

    Attributes:
        workspace: Configuration and places.
        options: What the run is asked to do.
        bench: Where the results lie.
        progress: Who hears how far it is.
        seconds: Stage → seconds, as they are measured.
    """

    workspace: Workspace
    options: RunOptions
    bench: Bench = field(default_factory=MemoryBench)
    progress: Progress = field(default_factory=Silent)
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the inputs: parent release, journal, memo stores."""
        o, w = self.options, self.workspace
        finish(w, o.now.isoformat(timespec="seconds"))  # an erasure that was cut short goes before all else
        self.parent = store.current(w.store)
        if self.parent and o.run_date < self.parent.run_date and not o.full:
            msg = f"the run date {o.run_date} is before that of the current release ({self.parent.run_date})."
            raise UsageError(msg, "Going back needs --full.")
        if unknown := sorted(o.only - set(w.config.sources)):
            msg = f"--only: there is no source {', '.join(unknown)}."
            raise UsageError(msg, f"Sources are: {', '.join(w.config.sources)}.")
        said = journal.read(w.journal)
        self.journal = replace(said, served=audit.served(w.journal, said.heads["audit"]["offset"]))
        w.state.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds what every edition holds
        self.memo = FileMemo(w.state / "memo", is_cache=True, refresh=o.full)
        self.frozen = FileMemo(w.store / "frozen", is_cache=False, refresh=o.refit, writes=not (o.refit and o.dry_run))
        self.histories: dict[str, History] = {}
        self.encoder = w.encoder()
        self.cpu_start = time.process_time()

    @property
    def editions(self) -> tuple[str, ...]:
        """The editions to make; `full` is always among them."""
        return (FULL, *(e for e in self.workspace.config.editions if e != FULL))

    def context(self, edition: str) -> RunContext:
        """Give what a stage of one edition may know of the run."""
        if edition not in self.histories:
            self.histories[edition] = store.history(self.workspace.store, self.parent, edition)
        return RunContext(
            self.options.run_date,
            self.workspace.config,
            self.journal,
            self.memo,
            self.encoder,
            self.frozen,
            self.histories[edition],
            edition,
            self._encoded,
        )

    def ingest(self) -> frames.Ingested:
        """Read all sources; the only stage that looks at them."""
        started = time.perf_counter()
        self.progress.start("ingest")
        config, done = self.workspace.config, []

        def heard(name: str) -> None:
            done.append(name)
            self.progress.advance("ingest", len(done), len(config.sources))

        ingested = observe(
            config, self.workspace.base, run_date=self.options.run_date, copies=CopyStore(self.workspace.store / "copies"),
            parent_inputs=_inputs(self.parent), journal=self.journal, only=self.options.only, progress=heard,
        )  # fmt: skip
        if not ingested.sources["status"].is_in(["ok", "held"]).any():
            why = "; ".join(f"{n}: {m}" for n, m in ingested.sources.select("source", "message").iter_rows())
            msg = f"no source could be read ({why})."
            raise RunFailedError(msg, "Check the paths in the configuration; the release before stays current.")
        self.bench.put("", ingested)
        self._finish("ingest", started, f"{int(ingested.sources['items'].sum())} items from {ingested.sources.height} sources")
        return ingested

    def advance(self, stage: Stage) -> None:
        """Run one stage for every edition."""
        started = time.perf_counter()
        self.progress.start(stage.name)
        for n, edition in enumerate(self.editions, 1):
            given = [self.bench.get("" if kind == "Ingested" else edition, kind) for kind in stage.takes]
            self.bench.put(edition, stage.make(self.context(edition).narrowed(stage.reads), *given))
            if stage.name != "curate":
                self.progress.advance(stage.name, n, len(self.editions))
        self._finish(stage.name, started, _note(self.bench.get(FULL, stage.makes)))

    def publish(self) -> Published | None:
        """Make the release, unless this is a dry run."""
        started = time.perf_counter()
        self.progress.start("publish")
        tables = {edition: self._tables(edition) for edition in self.editions}
        result = None
        if not self.options.dry_run:
            gate = _gate(self.workspace) if self.workspace.config.gate else None
            result = publish(tables, self.about(tables), self.workspace.store, now=self.options.now, gate=gate)
            collect(self.workspace.store, self.workspace.config.keep.releases)
            if self.frozen.misses[references.STEP]:
                references.forget(self.workspace.store, store.column(self.workspace.store, "match_models", "model_id"))
        self._finish("publish", started, f"{result.reason}: {result.manifest.release_id}" if result else "dry run: nothing was published")
        return result

    def _tables(self, edition: str) -> dict[str, pl.DataFrame]:
        """Gather what is published of one edition: what the stages made, and the tasks of the configuration."""
        made = tables_of(self.bench, edition)
        return {**made, "tasks": tasks(self.workspace.config, edition, made["sources"]["source"].to_list())}

    def about(self, tables: Mapping[str, Mapping[str, pl.DataFrame]]) -> About:
        """Name the five inputs for the manifest."""
        rows = self.bench.get("", "Ingested").sources.iter_rows(named=True)
        inputs = {
            r["source"]: store.Input(
                hash=r["copy_hash"], **{k: r[k] for k in ("status", "observed_on", "last_seen_on", "held_since", "items", "message")}
            )
            for r in rows
        }
        readable = {e: frozenset(s for s in t["sources"]["source"].to_list() if s in inputs) for e, t in tables.items()}
        return About(
            run_date=self.options.run_date, config_hash=self.workspace.config.hash, code_version=VERSION,
            model=self.encoder.name, journal=self.journal.heads, inputs=inputs,
            degraded=tuple(sorted(s for s, i in inputs.items() if i.status != "ok")), readable=readable, parent=self.parent,
            rollbacks=self.journal.rollbacks,
        )  # fmt: skip

    def _encoded(self, done: int, total: int) -> None:
        self.progress.advance("curate", done, total)

    def _finish(self, stage: str, started: float, note: str) -> None:
        self.seconds[stage] = round(time.perf_counter() - started, 3)
        self.progress.finish(stage, note)


def nightly(workspace: Workspace, options: RunOptions, progress: Progress | None = None) -> RunSummary:
    """Run the nightly job in this process.

    Raises:
        LockedError: Another run holds the lock.
        RunFailedError: No release could be made; the one before stays current.
    """
    with lock(workspace.store):
        try:
            night = Night(workspace, options, progress=progress or Silent())
            night.ingest()
            for stage in PER_EDITION:
                night.advance(stage)
            return summary(night, night.publish())
        except OSError as e:
            msg = f"a file could not be read or written: {e.strerror or e}."
            raise RunFailedError(
                msg, "Look at free space and rights of store and state, and run again; the release before stays current."
            ) from e


def tables_of(bench: Bench, edition: str) -> dict[str, pl.DataFrame]:
    """Gather the published tables of one edition from the results of its stages."""
    curated, decided, matched = (bench.get(edition, kind) for kind in ("Curated", "Decided", "Matched"))
    looked = [bench.get(edition, kind).coverage for kind in ("Matched", "Claimed", "Clashes", "Signals")]
    own = {
        n: getattr(curated, n)
        for n in (
            "context",
            "excluded",
            "documents",
            "records",
            "staleness",
            "families",
            "quality_components",
            "lineage",
            "id_changes",
            "quarantine",
            "sources",
        )
    }
    return {
        **own,
        **{n: getattr(decided, n) for n in ("claims", "facts", "conflicts", "conflict_claims", "observations", "rulings")},
        **{n: getattr(matched, n) for n in ("entities", "entity_members", "match_links", "match_models")},
        "attributes": bench.get(edition, "Claimed").attributes,
        "coverage": pl.concat(looked),
        "operating_points": pl.concat([operating.published(), matched.operating_points]),
    }


def summary(night: Night, done: Published | None) -> RunSummary:
    """Sum up what a night found in the edition `full`."""
    tables = tables_of(night.bench, FULL)
    clashes = tables["conflicts"].group_by("type").agg(open=(pl.col("status") == "open").sum(), decided=(pl.col("status") != "open").sum())
    found = counts([night.memo, night.frozen])
    sources = tables["sources"].filter(pl.col("parent").is_null())
    return RunSummary(
        release_id=done.manifest.release_id if done else night.parent.release_id if night.parent else None,
        published=bool(done and done.published),
        exit_reason=done.reason if done else "dry run",
        run_date=night.options.run_date,
        sources={r["source"]: {k: r[k] for k in ("status", "items", "quarantined", "message")} for r in sources.iter_rows(named=True)},
        counts={name: frame.height for name, frame in tables.items()},
        quarantined=tables["quarantine"].height,
        conflicts={r["type"]: {"open": r["open"], "decided": r["decided"]} for r in clashes.sort("type").iter_rows(named=True)},
        coverage={d: {"possible": p, "considered": c, "capped": x} for d, p, c, x, _ in tables["coverage"].iter_rows()},
        stale=tables["staleness"].filter("is_stale").select("target_kind", "target_id", "source").n_unique(),
        seconds=night.seconds,
        cpu_seconds=round(time.process_time() - night.cpu_start, 3),
        cache={
            "hits": sum(h for h, _ in found.values()),
            "misses": sum(m for _, m in found.values()),
            "steps": {n: {"hits": h, "misses": m} for n, (h, m) in found.items()},
        },
        degraded=tuple(sources.filter(pl.col("status") != "ok")["source"].to_list()),
        gate=dict(done.gate.figures) if done and done.gate else None,
    )


def _inputs(parent: store.Manifest | None) -> dict[str, dict[str, Any]]:
    return {name: i.model_dump(mode="json") for name, i in parent.inputs.items()} if parent else {}


def _note(result: Any) -> str:
    sizes = {name: getattr(result, name).height for name in result.__dataclass_fields__}
    return ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in list(sizes.items())[:4] if n)


def _gate(workspace: Workspace) -> Gate:
    """Ask the golden questions of the staged release, as the configuration demands."""
    wanted = workspace.config.gate
    if wanted is None:
        raise AssertionError
    path = workspace.base / wanted.questions
    try:
        questions = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as e:
        msg = f"gate.questions: cannot read {wanted.questions} ({e})."
        raise RunFailedError(msg, "Mend the file, or take the gate out of the configuration.") from e

    def judge(staged: Mapping[str, Path]) -> GateResult:
        tables = dict(
            store.read_tables(
                staged[FULL], ("context", "excluded", "_postings", "facts", "claims", "conflicts", "conflict_claims", "release")
            )
        )
        told = evaluate(Client.over(tables, encoder=workspace.encoder()), questions)
        figures = {"wrong_context_rate": told.wrong_context_rate.value, "flag_rate": told.flag_rate.value}
        limits = {"wrong_context_rate": wanted.max_wrong_context_rate, "flag_rate": wanted.max_flag_rate}
        reasons = tuple(f"{n} is {v:.3f}, more than {limits[n]}" for n, v in figures.items() if v is not None and v > limits[n])
        return GateResult(not reasons, reasons, {n: v for n, v in figures.items() if v is not None})

    return judge
