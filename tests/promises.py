"""Every promise of the README, the docs and the contract, as data. A promise without a test is none; a test may keep several.

A test says which promises it keeps with ``@pytest.mark.promise("id", …)``, or its module with ``pytestmark``; here each promise names
the tests that keep it, as ``path`` or ``path::test``. `test_promises.py` holds both directions together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One thing that canonry says it does.

    Attributes:
        id: What tests call it.
        text: What is promised, in one sentence.
        tests: The tests that keep it: a module (all of it), or a module and a function.
    """

    id: str
    text: str
    tests: tuple[str, ...]


_EDITIONS = "tests/flow/test_editions.py"
_INCREMENTAL = "tests/flow/test_incremental.py"
_REFERENCES = "tests/flow/test_references.py"
_SEAMS = "tests/flow/test_seams.py"
_ORDER = "tests/flow/test_order.py"
_BAD = "tests/flow/test_bad_input.py"
_EXAMPLE = "tests/flow/test_example.py"
_SECOND = "tests/flow/test_second_night.py"
_SQL = "tests/serve/test_sql.py"

PROMISES = (
    Promise(
        "incremental-equals-full",
        "`run --full` with the same five inputs equals the incremental run in every table.",
        (_INCREMENTAL, _SECOND, f"{_REFERENCES}::test_the_night_equals_a_full_run_and_one_without_state"),
    ),
    Promise("state-is-recomputable", "Deleting state/ changes what a run costs and nothing that it publishes.", (_INCREMENTAL,)),
    Promise(
        "nothing-changed",
        "An unchanged night publishes nothing and computes nothing.",
        (
            f"{_INCREMENTAL}::test_an_unchanged_night_publishes_nothing_and_computes_nothing",
            f"{_EXAMPLE}::test_the_same_night_again_publishes_nothing_and_computes_nothing",
        ),
    ),
    Promise(
        "held-source-leaves-no-trace",
        "Nights (ok, down, ok) end as (ok, ok).",
        (f"{_INCREMENTAL}::test_a_night_on_which_a_source_was_down_leaves_no_trace",),
    ),
    Promise("editions-by-non-interference",
        "An edition is what the run would publish if the items its readers may not see did not exist.",
        (_EDITIONS,)),
    Promise(
        "answers-by-non-interference",
        "Every answer that an agent gets is what it would be if the items its principal may not read did not exist.",
        ("tests/mcp/test_leaks.py",),
    ),
    Promise(
        "calls-are-accounted-for",
        "Every call is noted before it is answered, and rows that are changed, removed, moved or cut off are found.",
        ("tests/mcp/test_audit.py",),
    ),
    Promise(
        "full-is-the-owners", "The edition `full` holds everything, in a folder that only its owner may open.",
        (f"{_EDITIONS}::test_full_holds_everything_and_only_its_owner_may_open_it",),
    ),
    Promise("order-does-not-matter", "The order of files, rows and sources changes nothing that is published.", (_ORDER,)),
    Promise(
        "no-clock", "Nothing in a run reads the clock or the environment; now means the run date.",
        (
            f"{_ORDER}::test_the_day_and_the_time_zone_of_the_machine_do_not_matter",
            f"{_SEAMS}::test_the_engine_reads_no_clock_and_no_environment",
        ),
    ),
    Promise(
        "declared-reads", "A stage that reads a configuration field it did not declare fails.",
        (
            f"{_SEAMS}::test_a_stage_cannot_read_what_it_does_not_declare",
            f"{_SEAMS}::test_a_night_whose_stage_reads_an_undeclared_field_fails",
        ),
    ),
    Promise(
        "memo-keys", "The key of a kept result carries the version, the declared settings and the model.",
        (
            f"{_SEAMS}::test_the_key_of_a_kept_result_changes_with_version_settings_and_name",
            f"{_SEAMS}::test_another_model_computes_the_vectors_anew",
        ),
    ),
    Promise(
        "one-graph", "The chain is read from the annotations of its functions, and runs forward only.",
        (
            f"{_SEAMS}::test_the_edges_of_the_chain_are_the_annotations_of_its_functions",
            f"{_SEAMS}::test_the_chain_runs_forward_only",
        ),
    ),
    Promise(
        "bad-input", "Bad input gets a clear error, a held source or a quarantine row with its rule; the release before stays current.",
        (_BAD, f"{_EDITIONS}::test_an_item_without_an_audience_where_editions_exist_is_an_error_of_the_configuration"),
    ),
    Promise(
        "one-run-at-a-time", "A second run meanwhile ends with 75 and changes nothing.",
        (f"{_BAD}::test_a_second_run_meanwhile_is_turned_away_and_changes_nothing",),
    ),
    Promise(
        "gate", "A release that fails the gate does not become current.",
        (f"{_BAD}::test_a_gate_that_finds_wrong_context_keeps_the_release_before",),
    ),
    Promise("example-truth", "The example company is found as its truth file says.", (_EXAMPLE,)),
    Promise(
        "rulings-are-reversible",
        "Every verdict applies with the next run, is listed, and leaves no trace when it is taken back.",
        ("tests/cli/test_verdicts.py",),
    ),
    Promise(
        "spreadsheet-round-trip",
        "What is decided in the spreadsheet becomes rulings, every cell checked, and reading it twice changes nothing.",
        ("tests/cli/test_spreadsheet.py",),
    ),
    Promise(
        "sql-is-shut-in", "A query reads the edition's file and nothing else, changes nothing, and ends in time and within memory.",
        (
            f"{_SQL}::test_no_attack_brings_back_a_secret_or_changes_a_file",
            f"{_SQL}::test_the_filter_alone_holds",
            f"{_SQL}::test_a_bomb_ends_in_time_and_within_memory",
            f"{_SQL}::test_where_the_kernel_is_not_known_sql_is_not_served",
        ),
    ),
    Promise(
        "sql-tells-nothing", "SQL over an edition gives the same answers and codes whether hidden rows exist or not; errors are codes.",
        (
            f"{_SQL}::test_generated_queries_do_not_tell_whether_hidden_rows_exist",
            f"{_SQL}::test_an_error_is_a_code_with_a_fix_and_never_the_engines_text",
        ),
    ),
    Promise(
        "secrets-are-found", "Keys, tokens and passwords of the usual forms are found, and text about them is left alone.",
        ("tests/protect/test_secrets.py::test_a_secret_of_each_form_is_found_and_taken_out",
         "tests/protect/test_secrets.py::test_text_about_secrets_is_left_alone",
         "tests/protect/test_secrets.py::test_a_secret_that_shows_only_when_the_page_is_read_is_taken_out"),
    ),
    Promise(
        "secret-nowhere", "A secret that is found in a source reaches no file of canonry's, and no other edition the words around it.",
        ("tests/protect/test_nowhere.py::test_a_secret_reaches_no_file_of_ours",
         "tests/protect/test_nowhere.py::test_what_held_a_secret_is_told_and_not_served",
         "tests/protect/test_nowhere.py::test_no_other_edition_holds_the_words_around_a_secret",
         "tests/protect/test_nowhere.py::test_what_was_kept_before_protection_was_asked_for_is_protected_from_then_on"),
    ),
    Promise(
        "personal-data", "Where that is switched on, personal data of a fixed form are taken out before anything is written.",
        ("tests/protect/test_secrets.py::test_personal_data_are_taken_out_where_that_is_switched_on",
         "tests/protect/test_nowhere.py::test_personal_data_reach_no_file_where_that_is_switched_on"),
    ),
    Promise(
        "speaks-to-agents", "Text that gives orders to an assistant is told from text that gives them to people.",
        ("tests/protect/test_instructions.py::test_of_our_own_labelled_set_nearly_all_is_told_right",
         "tests/protect/test_instructions.py::test_an_instruction_inside_a_page_is_found"),
    ),
    Promise(
        "trust-is-the-minimum",
        "What is derived is trusted no further than the least trusted of what it was made from: text that speaks to agents may lose a "
        "conflict, and wins none.",
        ("tests/protect/test_trust.py",),
    ),
    Promise(
        "erase", "What is erased goes from copies, state, journal and every release that is kept, and stays out; killed at any moment, "
        "it is finished by the next call.",
        ("tests/protect/test_erase.py",),
    ),
    Promise("second-night", "On the second night what is computed is what changed, the source is held, the ruling holds.", (_SECOND,)),
)  # fmt: skip
