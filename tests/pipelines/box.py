"""A Dagster box around a small company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.definitions import definitions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.flow.company import Company


@dataclass
class Box:
    """A Dagster instance in memory, and the company that its runs work on."""

    instance: dg.DagsterInstance
    company: Company

    def run(self, *, raise_on_error: bool = True, stages: Sequence[str] | None = None, **config) -> dg.ExecuteInProcessResult:
        """Run the job; stages narrow it, other arguments are fields of the resource `nights`."""
        self.company.write()
        fields = {"config": str(self.company.base / "canonry.yaml"), "run_date": self.company.day.isoformat(), **config}
        job = definitions().resolve_job_def("nightly")
        return job.execute_in_process(
            run_config={"resources": {"nights": {"config": fields}}},
            instance=self.instance,
            asset_selection=[dg.AssetKey(s) for s in stages] if stages else None,
            raise_on_error=raise_on_error,
        )
