from __future__ import annotations

import dagster as dg
import pytest

import assets
from assets.step import schema
from canonry import flow
from canonry.frames import Claimed, Clashes, Curated, Decided, Matched, Normalised, Scored, Signals
from canonry.published import TABLES

RESULTS = {c.__name__: c for c in (Clashes, Claimed, Curated, Decided, Matched, Normalised, Scored, Signals)}


@pytest.fixture(scope="module")
def specs():
    return {s.key.to_user_string(): s for a in dg.load_assets_from_package_module(assets) for s in a.specs}


def test_dagsters_graph_has_the_edges_of_the_chain_and_no_other(specs):
    in_dagster = {(d.asset_key.to_user_string(), name) for name, s in specs.items() for d in s.deps}
    in_flow = {(before, name) for name, needed in flow.needs().items() for before in needed}
    assert in_dagster == in_flow
    assert set(specs) == set(flow.STAGES)


def test_each_stage_is_a_group_and_a_module_of_its_name(specs):
    assert {name: s.group_name for name, s in specs.items()} == {s: s for s in flow.STAGES}
    for stage in flow.STAGES:
        module = __import__(f"assets.{stage}", fromlist=[stage])
        assert isinstance(getattr(module, stage), dg.AssetsDefinition)


def test_each_asset_says_what_it_is_for(specs):
    assert all(s.description and s.description.endswith(".") for s in specs.values())


def test_an_asset_shows_the_declared_columns_of_its_tables(specs):
    told = specs["curate"].metadata["schema/context"]
    declared = TABLES["context"].columns
    assert [(c.name, c.description) for c in told.columns] == [(c.name, c.doc) for c in declared]
    assert [c.constraints.nullable for c in told.columns] == [c.nullable for c in declared]


def test_a_schema_names_keys_bounds_and_closed_lists():
    told = schema(TABLES["families"])
    constraints = {c.name: c.constraints.other for c in told.columns}
    assert told.constraints.other == ["primary key (member_kind, member_id, family_id)"]
    assert constraints["similarity"] == ["between 0 and 1"]
    assert constraints["member_kind"] == ["one of document, passage"]


def test_what_is_under_contract_is_what_is_published_and_made_by_that_stage():
    own = {
        frame
        for s, tables in flow.CONTRACTS.items()
        for frame, table in tables.items()
        if s in {"match", "claims", "conflicts", "arbitrate", "curate"}
    }
    published = own | set(flow.CONTRACTS["publish"]) | {"operating_points"}
    assert published == set(TABLES)
    for stage in flow.PER_EDITION:
        assert set(flow.CONTRACTS[stage.name]) <= set(RESULTS[stage.makes].__dataclass_fields__)
    assert set(flow.CONTRACTS) == set(flow.STAGES)
