"""Everything that Dagster loads; the only file that sees assets and checks."""

import dagster as dg

import assets
import checks
from assets.night import Nights
from pipelines.jobs import nightly
from pipelines.schedules import every_night
from pipelines.sensors import changed_files


@dg.definitions
def definitions() -> dg.Definitions:
    """Put assets, checks, job, schedule and sensor together; steps run one after the other in one process."""
    return dg.Definitions(
        assets=dg.load_assets_from_package_module(assets),
        asset_checks=dg.load_asset_checks_from_package_module(checks),
        jobs=[nightly],
        schedules=[every_night],
        sensors=[changed_files],
        resources={"nights": Nights()},
        executor=dg.in_process_executor,
    )
