"""Every published table, declared once; the same tables in every edition. The contract's section 3 as data."""

from __future__ import annotations

from canonry.tables import Column, Table

DATE_BASES = ("content", "item", "sidecar", "observed", "none")
DATE_KINDS = ("exact", "no_later_than", "unknown")
DOCUMENT_STATUSES = ("served", "partly", "excluded", "quarantined", "removed", "held")
RECORD_STATUSES = ("served", "excluded", "quarantined", "removed", "held")
ITEM_STATUSES = ("contested", "corrected", "stale", "current")
REASONS = ("quarantined", "superseded", "expired", "removed", "duplicate", "lost_conflict", "below_floor")
FLAGS = (
    "source_held", "review_overdue", "undated", "stamped_date", "owner_gone", "broken_link",
    "hidden_text", "instruction_like", "secret", "low_quality", "withheld_side",
)  # fmt: skip
VALUE_TYPES = (
    "text", "name", "organization", "person", "address", "email", "phone", "url", "date", "datetime", "time",
    "money", "number", "percent", "quantity", "duration", "identifier", "code", "boolean", "place",
)  # fmt: skip
CONFLICT_TYPES = ("value_conflict", "outdated", "negation", "definition", "suspected_error")
OBSERVATION_TYPES = ("format_or_unit", "granularity", "scope_difference", "multi_valued")
CONFLICT_STATUSES = ("open", "decided_by_policy", "decided_by_person", "dismissed")
DECISIONS = ("alone", "agreed", "policy", "person", "open")
HARD_SIGNALS = ("expired", "replaced", "older_version", "removed", "absent_from_authority")
SOFT_SIGNALS = (
    "review_overdue", "age", "contradicted", "owner_gone", "broken_link", "dead_reference", "dependency_stale",
    "source_silent", "stamped_date", "source_held",
)  # fmt: skip
ASSERTIVE = ("is", "must", "may")  # modalities that hold a value for true today
NO_RANK = 10**6  # sources without an authority rank last, together
COMPONENTS = ("freshness", "agreement", "authority", "uniqueness", "completeness", "provenance")
_UNIT = (0.0, 1.0)


def _col(name: str, kind: str, doc: str, **more: object) -> Column:
    return Column(name, kind, doc, **more)  # type: ignore[arg-type]


def _id(name: str, doc: str) -> Column:
    return Column(name, "text", doc, nullable=False)


_DATED = (
    _col("dated_on", "date", "The day the content is from, as far as known."),
    _col("date_basis", "text", "Where the date comes from.", nullable=False, one_of=DATE_BASES),
    _col("date_kind", "text", "exact, or only an upper bound (no_later_than), or unknown.", nullable=False, one_of=DATE_KINDS),
)
_AUDIENCE = _col("audience", "texts", "Who may read it.", nullable=False)

RELEASE = Table("release", "The manifest of this release, without the list of editions.", (), (
    _col("release_id", "text", "<run date>-<sequence>-<8 hex digits of the content digest>.", volatile=True),
    _col("sequence", "int", "Number of the release, counted up by one.", volatile=True),
    _col("parent", "text", "The release that was current before.", volatile=True),
    _col("published_at", "instant", "When it was published (UTC).", volatile=True),
    _col("run_date", "date", "The day this run took as today."),
    _col("schema_version", "int", "Version of these tables."),
    _col("duckdb_version", "text", "The DuckDB that wrote the file.", volatile=True),
    _col("code_version", "text", "The canonry that made the release."),
    _col("config_hash", "text", "Hash of the effective configuration.", volatile=True),
    _col("journal", "json", "Per journal file: offset read to, and hash of the text up to there.", volatile=True),
    _col("inputs", "json", "Per readable source: hash of its copy and status."),
    _col("model", "text", "The embedding model."),
    _col("degraded", "texts", "Sources that are held or missing tonight."),
    _col("edition", "text", "The edition that this file is."),
))  # fmt: skip

SOURCES = Table("sources", "Where documents and records come from.", ("source",), (
    _id("source", "Name of the source; sources that assert claims inside another are named parent/name."),
    _col("parent", "text", "The source this one was found in, for claims tables."),
    _col("kind", "text", "documents, records or claims.", nullable=False, one_of=("documents", "records", "claims")),
    _col("owner", "text", "Who answers for it."),
    _col("authority", "int", "Rank, 1 is best; null ranks last."),
    _AUDIENCE,
    _col("status", "text", "ok, held (last good copy stands in) or missing.", nullable=False, one_of=("ok", "held", "missing")),
    _col("observed_at", "instant", "When the copy in use was taken."),
    _col("last_seen_at", "instant", "The last run in which the source was ok."),
    _col("held_since", "instant", "The first of the runs in a row in which it was not ok."),
    _col("items", "int", "Documents, records or claims that are there.", nullable=False),
    _col("removed", "int", "Those that are gone from it, and are still told as removed.", nullable=False),
    _col("quarantined", "int", "Rows and files set aside.", nullable=False),
    _col("message", "text", "Why it is held or missing, or what was noticed."),
))  # fmt: skip

DOCUMENTS = Table("documents", "Every document of every readable source.", ("document_id",), (
    _id("document_id", "source/path."),
    _id("source", "Where it comes from."),
    _id("path", "Path inside the source, with /."),
    _col("url", "text", "Where a person can open it."),
    _col("title", "text", "Its title."),
    *_DATED,
    _col("owner", "text", "Who answers for it."),
    _col("content_hash", "text", "Hash of the normalised text."),
    _col("family_id", "text", "The family of versions and copies it belongs to."),
    _col("status", "text", "What became of it.", nullable=False, one_of=DOCUMENT_STATUSES),
    _AUDIENCE,
))  # fmt: skip

RECORDS = Table("records", "Every row of every readable export.", ("source", "record_id"), (
    _id("record_id", "The id column's value as text, several joined by |; unique in its source."),
    _id("source", "Where it comes from."),
    _col("entity_type", "text", "What kind of thing the row describes.", nullable=False),
    _col("entity_id", "text", "The entity it belongs to."),
    _col("values", "json", "Attribute → verbatim value.", nullable=False),
    *_DATED,
    _col("status", "text", "What became of it.", nullable=False, one_of=RECORD_STATUSES),
    _AUDIENCE,
))  # fmt: skip

_ITEM = (
    _id("item_id", "Stable id of the item."),
    _id("cite", "How to quote it: source/path#anchor for a passage, type/key for an entity."),
    _col("kind", "text", "passage or entity.", nullable=False, one_of=("passage", "entity")),
    _col("document_id", "text", "The document a passage stands in."),
    _col("entity_id", "text", "The entity a card is about."),
    _col("source", "text", "Source of the passage; of an entity, the best source behind it."),
    _col("path", "text", "Path of the document."),
    _col("title", "text", "Title of the document, or name of the entity."),
    _col("heading", "text", "Heading path inside the document, joined by ' > '."),
    _col("text", "text", "The whole text, never edited.", nullable=False),
    _col("tokens", "int", "Upper bound of its tokens: its UTF-8 bytes.", nullable=False),
    _col("status", "text", "contested > corrected > stale > current.", nullable=False, one_of=ITEM_STATUSES),
    _col("corrections", "corrections", "Claims in it that lost: where, what it says, what stands."),
    _col("quality", "float", "Weighted total of the quality components.", between=_UNIT),
    _col(
        "p_current",
        "float",
        "Calibrated probability that a passage is current and right; null where it is not calibrated: entity cards, what ended.",
        between=_UNIT,
    ),
    _col("authority", "int", "Rank of its source."),
    *_DATED,
    _col("valid_from", "date", "True in the world from."),
    _col("valid_to", "date", "True in the world until."),
    _col("family_id", "text", "Family of copies and versions of the passage."),
    _col("conflict_ids", "texts", "Conflicts that touch it."),
    _col("flags", "texts", "Remarks from a closed list."),
    _AUDIENCE,
)
CONTEXT = Table("context", "What agents may be served.", ("item_id",), (
    *_ITEM,
    _col("embedding", "vector", "Unit vector, scaled to int8."),
    _col("embedding_scale", "float", "What to multiply the int8 values by."),
))  # fmt: skip
EXCLUDED = Table("excluded", "What is left out of the context, and why.", ("item_id",), (
    *_ITEM,
    _col("reason", "text", "The first reason that applies.", nullable=False, one_of=REASONS),
    _col("superseded_by", "text", "Cite of what stands in its place."),
    _col("evidence", "text", "What the reason rests on, in words."),
))  # fmt: skip

FAMILIES = Table("families", "Copies and versions of each other.", ("member_kind", "member_id", "family_id"), (
    _id("family_id", "Stable id of the family."),
    _col("member_kind", "text", "document or passage.", nullable=False, one_of=("document", "passage")),
    _id("member_id", "document_id or item_id."),
    _col("relation", "text", "To the canonical member.", nullable=False, one_of=("exact", "near", "version", "shared")),
    _id("canonical_id", "The member that stands for the family."),
    _col("similarity", "float", "Likeness to the canonical member.", between=_UNIT),
))  # fmt: skip

ENTITIES = Table("entities", "Things in the world that records and claims are about.", ("entity_id",), (
    _id("entity_id", "type/key; also its cite."),
    _col("entity_type", "text", "Its type.", nullable=False),
    _col("name", "text", "How people call it."),
    _col("records", "int", "Records behind it.", nullable=False),
    _col("sources", "texts", "Sources behind it."),
    _col("cohesion", "float", "How well its records hang together.", between=_UNIT),
))  # fmt: skip
ENTITY_MEMBERS = Table("entity_members", "Which record belongs to which entity; singletons too.", ("source", "record_id"), (
    _id("entity_id", "The entity."),
    _id("source", "Source of the record."),
    _id("record_id", "The record."),
    _col("match_probability", "float", "Probability that it belongs there.", between=_UNIT),
))  # fmt: skip
MATCH_LINKS = Table("match_links", "Scored pairs of records.", ("left_source", "left_record_id", "right_source", "right_record_id"), (
    _id("left_source", "Source of the left record."),
    _id("left_record_id", "The left record."),
    _id("right_source", "Source of the right record."),
    _id("right_record_id", "The right record."),
    _col("match_weight", "float", "Sum of the comparisons' weights, in bits."),
    _col("match_probability", "float", "Probability that both are one thing.", between=_UNIT),
    _col("decision", "text", "merged, review or apart.", one_of=("merged", "review", "apart")),
    _col("comparisons", "json", "Contribution of each comparison."),
))  # fmt: skip

MATCH_MODELS = Table("match_models", "How the records of each type that is matched were matched, and how sure that is.", ("entity_type",), (
    _id("entity_type", "The type."),
    _col("model_id", "text", "What judged the pairs, where it is kept from night to night: a hash of the records that it was learnt from."),
    _col("learnt_from", "int", "Records that it was learnt from.", nullable=False),
    _col("added", "int", "Records that came since.", nullable=False),
    _col("gone", "int", "Records that went since.", nullable=False),
    _col("candidate_recall", "float", "Estimated share of the pairs that are one thing which was compared when learning.", between=_UNIT),
    _col("merged_pairs", "int", "Scored pairs that were merged.", nullable=False),
    _col("expected_wrong", "float", "Share of them that are not one thing, by their probabilities.", between=_UNIT),
    _col("review_pairs", "int", "Pairs that a person is to look at.", nullable=False),
))  # fmt: skip

CLAIMS = Table("claims", "Every value that some source asserts.", ("claim_id",), (
    _id("claim_id", "Stable id of the claim."),
    _col("subject_kind", "text", "entity or topic.", nullable=False, one_of=("entity", "topic")),
    _id("subject_id", "entity_id, or the id of the topic."),
    _col("subject", "text", "What it is about, in words.", nullable=False),
    _col("attribute", "text", "Which property; for topics the sentence with ____ for the value.", nullable=False),
    _col("scope", "text", "Under which condition, where one was found."),
    _col("value", "text", "Canonical value."),
    _col("verbatim", "text", "The value as it stands in the source.", nullable=False),
    _col("value_type", "text", "Type of the value.", nullable=False, one_of=VALUE_TYPES),
    _col("unit", "text", "Unit of the canonical value."),
    _col("precision", "text", "exact, range, bound or approximate.", one_of=("exact", "range", "bound", "approximate")),
    _col("source", "text", "Who asserts it.", nullable=False),
    _col("item_id", "text", "The passage it stands in."),
    _col("document_id", "text", "The document it stands in."),
    _col("record_id", "text", "The record it stands in."),
    _col("span_start", "int", "First character of the value in the item's text."),
    _col("span_end", "int", "One past its last character."),
    _col("sentence", "text", "The whole sentence in plain text; never null for text."),
    _col("dated_on", "date", "The day the claim is from."),
    _col("date_kind", "text", "exact, no_later_than or unknown.", nullable=False, one_of=DATE_KINDS),
    _col("valid_from", "date", "True in the world from."),
    _col("valid_to", "date", "True in the world until."),
    _col("known_from", "date", "Known to us since this run date."),
    _col("known_to", "date", "Known to us until; null while it is asserted."),
    _col("modality", "text", "is, may, must, not, was, plan, question or example.", nullable=False,
         one_of=("is", "may", "must", "not", "was", "plan", "question", "example")),
    _col("link", "text", "How a sentence was tied to its entity.", one_of=("key", "name", "alias", "fuzzy", "heading", "title", "table")),
    _col("link_confidence", "float", "How sure that is.", between=_UNIT),
    _col("standing", "text", "What arbitration made of it.", nullable=False, one_of=("stands", "loses", "contested", "alone")),
))  # fmt: skip
FACTS = Table("facts", "The claim that stands for each subject and attribute.", ("subject_id", "attribute", "scope", "claim_id"), (
    _id("subject_id", "entity_id or topic id."),
    _col("subject", "text", "What it is about.", nullable=False),
    _id("attribute", "Which property."),
    _col("scope", "text", "Under which condition; empty when none.", nullable=False),
    _col("value", "text", "Canonical value."),
    _col("verbatim", "text", "The value as the best claim writes it.", nullable=False),
    _col("value_type", "text", "Type of the value.", nullable=False, one_of=VALUE_TYPES),
    _col("unit", "text", "Unit of the canonical value."),
    _col("confidence", "float", "How sure we are that it stands.", between=_UNIT),
    _col("decision", "text", "alone, agreed, policy, person or open.", nullable=False, one_of=DECISIONS),
    _id("claim_id", "The claim that stands (of an open fact, the best side's)."),
    _col("runner_up_claim_id", "text", "The best claim of the second side."),
    _col("conflict_id", "text", "The conflict behind the decision."),
    _col("valid_from", "date", "True in the world from."),
    _col("valid_to", "date", "True in the world until."),
    _col("known_from", "date", "Known to us since."),
    _col("known_to", "date", "Known to us until."),
    _col("is_current", "bool", "Valid on the run date.", nullable=False),
    _col("sources", "texts", "Sources that assert this value."),
))  # fmt: skip


def _conflict_table(name: str, doc: str, types: tuple[str, ...]) -> Table:
    return Table(name, doc, ("conflict_id",), (
        _id("conflict_id", "Stable id of (subject, attribute, scope)."),
        _col("type", "text", "What kind of difference it is.", nullable=False, one_of=types),
        _col("kind", "text", "Between records, texts, or text and record.", nullable=False, one_of=("records", "texts", "text_and_record")),
        _id("subject_id", "entity_id or topic id."),
        _col("subject", "text", "What it is about.", nullable=False),
        _col("attribute", "text", "Which property.", nullable=False),
        _col("scope", "text", "Under which condition."),
        _col("sides", "int", "How many different values.", nullable=False),
        _col("independent_sources", "int", "How many sources take part.", nullable=False),
        _col("severity", "float", "How much it would matter to be wrong.", between=_UNIT),
        _col("status", "text", "open, decided_by_policy, decided_by_person or dismissed.", nullable=False, one_of=CONFLICT_STATUSES),
        _col("winner_claim_id", "text", "The claim that stands; null while open, and when all sides stand."),
        _col("rule", "text", "The policy word or ruling that decided."),
        _col("margin", "float", "By how much the winner leads its runner-up.", between=_UNIT),
        _col("confidence", "float", "How sure the decision is.", between=_UNIT),
        _col("reason", "text", "The decision in one sentence."),
        _col("exposure", "int", "In how many calls agents were served one of its items.", nullable=False, volatile=True),
        _col("owner", "text", "Who should be asked."),
        _AUDIENCE,
        _col("spans_audiences", "bool", "Whether its sides are not all readable by the same audience.", nullable=False),
        _col("detected_at", "instant", "The run that found it first."),
        _col("decided_at", "instant", "The run that decided it this way first."),
        _col("decided_by", "text", "Who ruled, when a person did."),
        _col("signature", "text", "Hash of its sides; a change reopens the question."),
    ))  # fmt: skip


CONFLICTS = _conflict_table("conflicts", "Claims that cannot all hold: one row per subject, attribute and scope.", CONFLICT_TYPES)
OBSERVATIONS = _conflict_table("observations", "Differences that are no error; never in the queue, never a flag.", OBSERVATION_TYPES)
CONFLICT_CLAIMS = Table("conflict_claims", "The claims on each side of a conflict or observation.", ("conflict_id", "claim_id"), (
    _id("conflict_id", "The conflict or observation."),
    _id("claim_id", "A claim in it."),
    _col("side", "int", "Number of its side; equal values are one side. 1 is what stands, or is the likeliest to.", nullable=False),
    _col("wins", "bool", "Whether it stands; null while open."),
    _col("value", "text", "Canonical value."),
    _col("verbatim", "text", "Value as written."),
    _col("source", "text", "Who asserts it.", nullable=False),
    _col("document_id", "text", "The document it stands in."),
    _col("record_id", "text", "The record it stands in."),
    _col("reason", "text", "Why it won or lost."),
))  # fmt: skip

STALENESS = Table("staleness", "Signals that something is out of date.", ("target_kind", "target_id", "source", "signal"), (
    _col("target_kind", "text", "What the signal is about.", nullable=False, one_of=("document", "passage", "record", "claim", "source")),
    _id("target_id", "Its id."),
    _col("document_id", "text", "The document it stands in."),
    _col("source", "text", "Its source.", nullable=False),
    _col("signal", "text", "Which signal.", nullable=False, one_of=(*HARD_SIGNALS, *SOFT_SIGNALS)),
    _col("is_stale", "bool", "Whether that alone, or together with others, makes it stale.", nullable=False),
    _col("score", "float", "Strength of the signal.", between=_UNIT),
    _col("since", "date", "Since when."),
    _col("evidence", "text", "What a person can check."),
    _col("superseded_by", "text", "What stands in its place."),
))  # fmt: skip

RULINGS = Table("rulings", "What people decided.", ("ruling_id",), (
    _id("ruling_id", "Stable id."),
    _col("target_kind", "text", "conflict, document, entity or claim.", nullable=False),
    _col("verdict", "text", "What was ruled.", nullable=False),
    _col("anchors", "json", "What it hangs on: quotes and keys, no id of ours.", nullable=False),
    _col("by", "text", "Who ruled."),
    _col("because", "text", "Why."),
    _col("at", "instant", "When."),
    _col("until", "date", "Until when it holds."),
    _col("status", "text", "applies, lapsed or withdrawn.", nullable=False, one_of=("applies", "lapsed", "withdrawn")),
    _col("applied_to", "text", "The conflict, document, entity or claim it took effect on tonight."),
    _col("remark", "text", "What belongs to it (scope, successor, edition), or why it has no effect."),
))  # fmt: skip
ATTRIBUTES = Table("attributes", "What type the values of each attribute of records and claims tables have, and how well they fit it.",
    ("entity_type", "attribute"), (
    _id("entity_type", "Kind of entity."),
    _id("attribute", "The attribute."),
    _col("value_type", "text", "Type that its values are read as.", nullable=False, one_of=VALUE_TYPES),
    _col("origin", "text", "declared in the configuration, or inferred from the values of all sources.", nullable=False,
         one_of=("declared", "inferred")),
    _col("distinct_values", "int", "Different spellings, nulls aside.", nullable=False),
    _col("unread", "int", "How many of them do not fit the type and are kept as text.", nullable=False),
    _col("note", "text", "What to look at: values that do not fit, dates that could be two days, a mixture of types left as text."),
))  # fmt: skip
COVERAGE = Table("coverage", "What each detector looked at, out of how much.", ("detector",), (
    _id("detector", "Name of the detector."),
    _col("pairs_possible", "int", "Pairs there are.", nullable=False),
    _col("pairs_considered", "int", "Pairs compared.", nullable=False),
    _col("pairs_capped", "int", "Pairs left out by a cap.", nullable=False),
    _col("partial", "bool", "Whether something was left out.", nullable=False),
))  # fmt: skip
QUARANTINE = Table("quarantine", "What was set aside, and the rule it broke.", ("source", "location", "rule"), (
    _id("source", "Where it comes from."),
    _id("location", "File, and line or row."),
    _id("rule", "The rule it broke."),
    _col("detail", "text", "In words."),
    _col("excerpt", "text", "The first characters of it."),
    _AUDIENCE,
))  # fmt: skip
QUALITY_COMPONENTS = Table("quality_components", "How the quality of each served item is made up.", ("item_id",), (
    _id("item_id", "The item."),
    *(_col(c, "float", f"Component {c}; null when it does not apply.", between=_UNIT) for c in COMPONENTS),
    *(_col(f"{c}_contribution", "decimal", f"Weighted share of {c} in the total.", between=_UNIT) for c in COMPONENTS),
    _col("quality", "decimal", "The sum of the contributions, exactly.", between=_UNIT),
    _col("p_parts", "json", "What makes up p_current: the log-odds that each feature adds, and the intercept."),
))  # fmt: skip
OPERATING_POINTS = Table("operating_points", "Thresholds and what was measured at them.", ("detector", "dataset", "origin"), (
    _id("detector", "Name of the detector."),
    _col("threshold", "float", "Where it decides."),
    _col("precision", "float", "Measured precision.", between=_UNIT),
    _col("recall", "float", "Measured recall.", between=_UNIT),
    _col("n", "int", "On how many labelled cases."),
    _id("dataset", "On what data."),
    _id("origin", "shipped, or yours (from rulings)."),
))  # fmt: skip
LINEAGE = Table("lineage", "What each item was made from.", ("item_id", "input_kind", "input_id"), (
    _id("item_id", "The item."),
    _col("input_kind", "text", "document or record.", nullable=False, one_of=("document", "record", "claim")),
    _id("input_id", "document_id, source/record_id, or claim_id."),
    _col("source", "text", "Its source.", nullable=False),
    _col("copy_hash", "text", "Hash of the copy it was read from."),
))  # fmt: skip
ID_CHANGES = Table("id_changes", "Ids that gave way to others.", ("kind", "old_id", "new_id"), (
    _col("kind", "text", "document or entity.", nullable=False),
    _id("old_id", "The id before."),
    _id("new_id", "The id now."),
    _col("reason", "text", "Why."),
    _col("since", "date", "Since which run date."),
))  # fmt: skip
TASKS = Table("tasks", "What decisions need before an agent may take them; those that a principal of this edition may take.", ("task",), (
    _id("task", "Its name."),
    _col("principals", "texts", "Who of this edition's principals may take it; empty when all may.", nullable=False),
    _col("needs", "json", "List of needs as configured; a source that this edition does not have is not named.", nullable=False),
    _col("on_conflict", "text", "winner, both or abstain.", nullable=False, one_of=("winner", "both", "abstain")),
    _col("budget_tokens", "int", "Budget where a request names none.", nullable=False),
))  # fmt: skip
POSTINGS = Table("_postings", "BM25 postings of the served items (internal).", ("term", "item_id"), (
    _id("term", "Normalised word."),
    _id("item_id", "The item."),
    _col("weight", "float", "BM25 weight of the word in the item, idf included.", nullable=False),
))  # fmt: skip

TABLES: dict[str, Table] = {t.name: t for t in (
    RELEASE, SOURCES, DOCUMENTS, RECORDS, CONTEXT, EXCLUDED, FAMILIES, ENTITIES, ENTITY_MEMBERS, MATCH_LINKS, MATCH_MODELS, CLAIMS,
    FACTS, CONFLICTS, CONFLICT_CLAIMS, OBSERVATIONS, STALENESS, RULINGS, ATTRIBUTES, COVERAGE, QUARANTINE, QUALITY_COMPONENTS,
    OPERATING_POINTS, LINEAGE, ID_CHANGES, TASKS, POSTINGS,
)}  # fmt: skip
SCHEMA_VERSION = 1
ITEMS_VIEW = (
    "CREATE VIEW items AS SELECT {columns}, TRUE AS is_served, NULL AS reason, NULL AS superseded_by, NULL AS evidence FROM context "
    "UNION ALL BY NAME SELECT {columns}, FALSE AS is_served, reason, superseded_by, evidence FROM excluded"
).format(columns=", ".join(f'"{c.name}"' for c in _ITEM))
