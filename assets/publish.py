"""The stage `publish`."""

from datetime import timedelta
from typing import Any

import dagster as dg

from assets.night import Nights
from assets.step import counted, stage_asset
from canonry import flow, ids, report, store
from canonry.publish import Published
from canonry.workspace import Workspace

_FRESH = dg.FreshnessPolicy.time_window(warn_window=timedelta(hours=26), fail_window=timedelta(hours=50))


@stage_asset("publish", "duckdb", freshness_policy=_FRESH)
def publish(context: dg.AssetExecutionContext, nights: Nights) -> dg.MaterializeResult[Any]:
    """Build the release, ask the gate, and make it current; nothing is published when nothing changed."""
    with nights.working(context.run) as night:
        done = night.publish()
        told = _summary(night, done)
        if done is None:
            return dg.MaterializeResult(metadata=told)
        nights.tidy(context.run)
        return dg.MaterializeResult(metadata={**told, **_release(night.workspace, done)}, data_version=_version(done))


def _summary(night: flow.Night, done: Published | None) -> dict[str, Any]:
    found = flow.summary(night, done)
    return {
        "run_date": found.run_date.isoformat(),
        "published": found.published,
        "why": found.exit_reason,
        "seconds": night.seconds["publish"],
        "conflicts_open": sum(c["open"] for c in found.conflicts.values()),
        "conflicts_decided": sum(c["decided"] for c in found.conflicts.values()),
        "stale": found.stale,
        "quarantined": found.quarantined,
        "degraded": list(found.degraded),
        **({"gate": dict(found.gate)} if found.gate else {}),
    }


def _release(workspace: Workspace, done: Published) -> dict[str, Any]:
    """Name the release and where it lies, with its sizes per edition."""
    editions = done.manifest.editions
    order = sorted(editions, key=lambda e: (e != store.FULL, e))
    return {
        "release_id": done.manifest.release_id,
        **counted({e: {name: t.rows for name, t in editions[e].tables.items()} for e in order}),
        **{f"store/{e}": dg.MetadataValue.path(store.edition_file(workspace.store, done.manifest, e)) for e in order},
        **_report(workspace),
    }


def _report(workspace: Workspace) -> dict[str, Any]:
    """Write the conflict report where `canonry report` does, readable by its owner only, as it tells of all editions."""
    page = workspace.base / "report.html"
    try:
        page.touch(mode=0o600)
        page.chmod(0o600)
        more = report.read_beside(workspace, store.needed(workspace.store))
        page.write_text(report.render(workspace.store, name=workspace.config.name, more=more), encoding="utf-8")
    except OSError as e:  # the release is current; a page that cannot be written does not undo it
        return {"report": dg.MetadataValue.text(f"not written: {e.strerror}")}
    return {"report": dg.MetadataValue.path(page), "report_link": dg.MetadataValue.url(page.as_uri())}


def _version(done: Published) -> dg.DataVersion:
    digests = {e: {name: t.digest for name, t in entry.tables.items()} for e, entry in done.manifest.editions.items()}
    return dg.DataVersion(ids.digest_json(digests))
