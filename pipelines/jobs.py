"""The job `nightly`: the whole chain with all its checks."""

import dagster as dg

nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    description="Read all sources, work out what holds, and publish it; what did not change is not computed again.",
    executor_def=dg.in_process_executor,  # a process per step would cost more than most steps
)
