import pytest

from canonry.config import Config, find, load, parse
from canonry.errors import ConfigError

SMALLEST = {"sources": {"x": {"kind": "documents", "path": "docs"}}}


def read(tmp_path, text, **environment):
    path = tmp_path / "canonry.yaml"
    path.write_text(text)
    return load(path, environment)


def refused(tmp_path, text, **environment) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text, **environment)
    return caught.value


def test_the_smallest_file_is_enough(tmp_path):
    config = read(tmp_path, "sources: {x: {kind: documents, path: docs}}")
    assert (config.store, config.journal, config.state) == ("store", "journal", ".canonry")
    assert config.sources["x"].audience is None
    assert config.policy[0].decide_by[0] == "validity"


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("sources:\n  x:\n    kind: documents\n    path: docs\n    autority: 1\n", 5, "sources.x.autority", "did you mean 'authority'"),
        ("sources: {x: {kind: documents, path: docs}}\npolicies: []\n", 2, "policies", "did you mean 'policy'"),
        ("sources: {x: {kind: documents, path: docs}}\nkeep:\n  relases: 3\n", 3, "keep.relases", "did you mean 'releases'"),
        ("sources:\n  x:\n    kind: documents\n    path: docs\n    csv: {delimeter: ';'}\n", 5, "sources.x.csv.delimeter", "'delimiter'"),
        ("sources: {x: {kind: documents, path: docs}}\nentities:\n  a:\n    attributes:\n      b: {typ: text}\n", 5,
         "entities.a.attributes.b.typ", "'type'"),
        ("sources: {x: {kind: documents, path: docs}}\npolicy:\n- decide_by: [authority]\n- whn: {}\n  decide_by: [recency]\n", 4,
         "policy.1.whn", "'when'"),
        ("sources: {x: {kind: documents, path: docs}}\nzzzzqqqq: 1\n", 2, "zzzzqqqq", "valid are"),
        ("sources:\n  x: {kind: documents}\n", 2, "sources.x.path", "is missing"),
        ("name: a\n", 1, "sources", "is missing"),
        ("sources:\n  x:\n    kind: document\n    path: docs\n", 3, "sources.x.kind", "documents"),
        ("sources:\n  x:\n    kind: documents\n    path: docs\n    authority: best\n", 5, "sources.x.authority", "integer"),
        ("sources:\n  x:\n    kind: documents\n    path: docs\n    max_drop: 2\n", 5, "sources.x.max_drop", "less than"),
        ("sources:\n  x:\n    kind: documents\n    path: docs\n    max_age: soon\n", 5, "sources.x.max_age", "180d"),
        ("sources:\n  x:\n    kind: claims\n    path: c.csv\n", 2, "sources.x", "columns"),
        ("sources:\n  x:\n    kind: documents\n    path: docs\n    authorities:\n      a: 0\n", 6,
         "sources.x.authorities.a", "greater than"),
        ("sources: {x: {kind: documents, path: docs}}\neditions:\n  staff: {audiences: s}\n  full: {audiences: s}\n", 4,
         "editions.full", "canonry's own"),
        ("sources: {x: {kind: records, path: d}}\neditions:\n  a: {audiences: s, principals: p}\n  b: {audiences: s, principals: [q, p]}\n",
         4, "editions.b.principals.1", "may belong to one"),
        ("sources:\n  x: {kind: documents, path: docs}\n  a b: {kind: documents, path: docs}\n", 3, "sources.a b", "may hold letters"),
        ("sources: {x: {kind: documents, path: docs}}\npolicy:\n- decide_by: [recency]\n- when:\n    source: z\n  decide_by: [recency]\n",
         5, "policy.1.when.source", "does not exist"),
        ("sources:\n  x:\n    kind: documents\n    path: docs\n    path: other\n", 5, "sources.x.path",
         "stands twice: on line 4 and on line 5"),
        ("name: a\nsources: {x: {kind: documents, path: docs}}\npolicy:\n- when: {kind: records, kind: texts}\n  decide_by: [recency]\n", 4,
         "policy.0.when.kind", "stands twice"),
        ("sources: {x: {kind: documents, path: docs}}\nrun_date: someday\n", 2, "run_date", "date"),
        ("sources: {x: {kind: documents, path: docs}}\nentities:\n  a:\n    identity: keys\n", 4, "entities.a.identity", "key"),
    ],
)  # fmt: skip
def test_an_error_names_file_line_key_and_what_would_do(tmp_path, text, line, key, says):
    error = refused(tmp_path, text)
    assert (error.file, error.line, error.key) == ("canonry.yaml", line, key)
    assert says in error.message
    assert error.message.startswith(f"canonry.yaml:{line}: ")
    assert error.exit_code == 2


def test_text_that_is_no_yaml_is_refused_with_its_line(tmp_path):
    error = refused(tmp_path, "sources:\n  x: [1, 2\n  y: 3\n")
    assert error.line in (2, 3)
    assert "YAML" in error.message


@pytest.mark.parametrize("text", ["", "- a\n", "just text\n", "17\n"])
def test_a_file_that_is_no_mapping_is_refused_with_an_example(tmp_path, text):
    assert "smallest file" in refused(tmp_path, text).hint


def test_a_file_that_is_not_there_is_refused_with_the_next_step(tmp_path):
    with pytest.raises(ConfigError, match="canonry init"):
        load(tmp_path / "none.yaml", {})


def test_values_come_from_the_environment(tmp_path):
    config = read(tmp_path, "name: ${WHO}\nsources: {x: {kind: documents, path: '${BASE}/docs'}}", WHO="acme", BASE="/data")
    assert (config.name, config.sources["x"].path) == ("acme", "/data/docs")


def test_a_variable_that_is_not_set_is_refused_with_its_line(tmp_path):
    error = refused(tmp_path, "name: a\nsources: {x: {kind: documents, path: '${BASE}/docs'}}")
    assert error.line == 2
    assert "BASE" in error.message


def test_a_variable_in_a_comment_is_left_alone(tmp_path):
    text = "# set ${NAME}\nname: ${WHO}#x # not ${OTHER}\nsources:\n  x: {kind: documents, path: '# ${BASE} #'} # '${NONE}'\n  # ${END}"
    config = read(tmp_path, text, WHO="acme", BASE="/data")
    assert (config.name, config.sources["x"].path) == ("acme#x", "# /data #")


def test_a_principal_may_be_named_twice_in_its_own_edition():
    assert parse({**SMALLEST, "editions": {"a": {"audiences": ["x"], "principals": ["desk", "desk"]}}}).editions["a"].principals


def test_the_file_is_found_in_a_folder_above(tmp_path):
    (tmp_path / "canonry.yaml").write_text("sources: {}")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find(below) == tmp_path / "canonry.yaml"


def test_one_audience_or_principal_may_stand_without_brackets():
    config = parse({**SMALLEST, "default_audience": "staff", "editions": {"all": {"audiences": "staff", "principals": "desk"}}})
    assert config.default_audience == ["staff"]
    assert config.editions["all"].principals == ["desk"]


def test_a_principal_belongs_to_one_edition():
    editions = {"a": {"audiences": ["x"], "principals": ["desk"]}, "b": {"audiences": ["y"], "principals": ["desk"]}}
    with pytest.raises(ConfigError, match="desk"):
        parse({**SMALLEST, "editions": editions})


def test_there_are_at_most_eight_editions():
    with pytest.raises(ConfigError, match="editions"):
        parse({**SMALLEST, "editions": {f"e{n}": {"audiences": ["x"]} for n in range(9)}})


@pytest.mark.parametrize("name", ["a/b", "../x", "", "-a", "a b", ".hidden"])
def test_a_name_that_could_be_a_path_is_refused(name):
    with pytest.raises(ConfigError, match="name"):
        parse({"sources": {name: SMALLEST["sources"]["x"]}})
    with pytest.raises(ConfigError, match="name"):
        parse({**SMALLEST, "editions": {name: {"audiences": ["x"]}}})


def test_a_policy_rule_may_only_name_a_source_that_exists():
    with pytest.raises(ConfigError, match="does not exist"):
        parse({**SMALLEST, "policy": [{"when": {"source": "y"}, "decide_by": ["recency"]}]})


def test_spans_of_time_are_days():
    keep = [parse({**SMALLEST, "keep": {"days": d}}).keep.days for d in ("10d", "2w", "1m", "1y", 5)]
    assert keep == [10, 14, 30, 365, 5]


def test_the_hash_speaks_of_meaning_and_not_of_places():
    base = parse(SMALLEST)
    assert parse({**SMALLEST, "store": "elsewhere", "journal": "j", "state": "s", "run_date": "2024-01-01"}).hash == base.hash
    assert parse({**SMALLEST, "keep": {"days": 30}}).hash == base.hash
    assert parse({**SMALLEST, "keep": {"days": 31}}).hash != base.hash


def schemas():
    whole = Config.model_json_schema(by_alias=True)
    return {"Config": whole, **whole["$defs"]}


def test_every_key_says_what_it_is_for():
    assert [
        f"{part}.{key}" for part, s in schemas().items() for key, k in s.get("properties", {}).items() if not k.get("description")
    ] == []


def kinds(spec):
    return [k for way in spec["anyOf"] for k in kinds(way)] if "anyOf" in spec else [spec["type"]]


@pytest.mark.parametrize(
    ("part", "key", "taken"),
    [
        ("Keep", "days", {"string", "integer"}),
        ("Source", "max_age", {"string", "integer", "null"}),
        ("Edition", "audiences", {"string", "array"}),
    ],
)
def test_the_schema_takes_a_span_of_time_and_a_single_name_as_the_file_does(part, key, taken):
    assert set(kinds(schemas()[part]["properties"][key])) == taken


def test_off_is_a_word_also_where_yaml_reads_a_boolean(tmp_path):
    file = tmp_path / "canonry.yaml"
    file.write_text("sources: {x: {kind: documents, path: docs}}\nprotect: {personal: off, secrets: redact, ignore: ssn}\n")
    protect = load(file, {}).protect
    assert (protect.personal, protect.secrets, protect.ignore) == ("off", "redact", ["ssn"])


@pytest.mark.parametrize("key", ["secrets", "personal", "hidden_text", "instructions"])
def test_a_way_of_protecting_that_does_not_exist_is_refused(key):
    with pytest.raises(ConfigError, match=key):
        parse({"sources": {"x": {"kind": "documents", "path": "docs"}}, "protect": {key: "sometimes"}})
