"""What the sources of the sample say: of every type and kind, short and long, in several scripts, with markup."""

from __future__ import annotations

from datetime import date

MARKUP = '<script>alert("x")</script>'

LONG = (
    "Turnaround time is counted from wheels down to wheels up, including taxiing, the push-back and every minute that a crew waits for "
    "fuel, as the ground handling agreement of 2017 has it in its second annex; stations that still follow the older agreement count "
    "differently and say so in their own local manuals, which are kept by the station manager and are reviewed together with the safety "
    "case once every two years or whenever the handler changes, whichever comes first."
)
# subject, attribute, type, kind, status, [(value, source, where, sentence, date, date kind)], the winner's index
TEXTS = [
    (
        "Leave > Annual leave",
        "full-time employees get ____ of annual leave a year.",
        "outdated",
        "texts",
        "decided_by_policy",
        [
            (
                "27 days",
                "handbook",
                "people/leave.md",
                "Full-time employees get 27 days of annual leave a year, plus public holidays.",
                date(2025, 11, 3),
                "exact",
            ),
            (
                "25 days",
                "wiki",
                "HR/Holiday-policy.md",
                "Full-time employees get 25 days of annual leave a year, plus public holidays.",
                date(2024, 6, 15),
                "no_later_than",
            ),
        ],
        0,
    ),
    (
        "Rentals > Late returns",
        "kit that comes back after ____ counts as returned on the next working day.",
        "value_conflict",
        "texts",
        "open",
        [
            (
                "14:00",
                "handbook",
                "rentals/returns.md",
                "Kit that comes back after 14:00 counts as returned on the next working day.",
                date(2025, 3, 1),
                "exact",
            ),
            (
                "16:00",
                "minutes",
                "2025-09.txt",
                "Agreed: kit that comes back after 16:00 counts as returned on the next working day!",
                date(2025, 9, 9),
                "exact",
            ),
            (
                "17:00",
                "wiki",
                "Rentals/Return-process.md",
                "Kit that comes back after 17:00 counts as returned on the next working day.",
                date(2024, 6, 15),
                "no_later_than",
            ),
        ],
        None,
    ),
    (
        "Travel",
        "book flights ____ ahead.",
        "negation",
        "texts",
        "open",
        [
            ("must", "handbook", "travel.md", "You must book flights through the portal.", date(2025, 3, 1), "exact"),
            (
                "must not",
                "wiki",
                "Travel.html",
                "You must not book flights through the portal while it is being replaced.",
                None,
                "unknown",
            ),
        ],
        None,
    ),
    (
        "Finance > Runway",
        "runway time",
        "definition",
        "texts",
        "decided_by_person",
        [
            ("gate to gate", "handbook", "ops/turnaround.md", "Turnaround time is counted gate to gate.", date(2025, 3, 1), "exact"),
            (
                "wheels down to wheels up",
                "wiki",
                "Ops/Turnaround.md",
                LONG,
                date(2019, 3, 1),
                "exact",
            ),
        ],
        0,
    ),
    (
        "休暇規程",
        "年次有給休暇は____です。",
        "value_conflict",
        "texts",
        "open",
        [
            ("20日", "handbook", "ja/休暇.md", "年次有給休暇は20日です。", date(2025, 3, 1), "exact"),
            ("15日", "wiki", "ja/旧休暇.md", "年次有給休暇は15日です。", date(2020, 3, 1), "exact"),
        ],
        None,
    ),
    (
        f"Forms {MARKUP}",
        f"type ____ into the field {MARKUP}",
        "value_conflict",
        "texts",
        "open",
        [
            (MARKUP, "handbook", "it/forms.md", f"Type {MARKUP} into the field & press “Enter”.", date(2025, 3, 1), "exact"),
            ("<b>bold</b>", "wiki", "IT/<b>forms</b>.md", "Type <b>bold</b> into the field & press “Enter”.", date(2023, 3, 1), "exact"),
        ],
        None,
    ),
    (
        "Visitors > عربي",
        "guests sign in at ____",
        "outdated",
        "texts",
        "decided_by_policy",
        [
            ("بوابة 3", "handbook", "visitors.md", "يسجل الزوار عند بوابة 3 قبل الدخول.", date(2025, 3, 1), "exact"),
            ("بوابة 1", "wiki", "Visitors.md", "يسجل الزوار عند بوابة 1 قبل الدخول.", date(2021, 3, 1), "exact"),
        ],
        0,
    ),
]
RECORDS = [
    (
        "ClearSight 400",
        "list_price",
        "value_conflict",
        "records",
        "decided_by_policy",
        [
            ("£1,395.00", "prices", "CS-400", None, date(2026, 1, 5), "exact"),
            ("£1,250.00", "prices_2023", "CS400", None, date(2023, 4, 3), "no_later_than"),
        ],
        0,
    ),
    (
        "Harrow Water",
        "account_manager",
        "value_conflict",
        "text_and_record",
        "open",
        [
            ("Fiona Glass", "crm", "1007", None, date(2025, 12, 1), "exact"),
            (
                "Gareth Pugh",
                "wiki",
                "Sales/Accounts.md",
                "Gareth Pugh is the account manager of Harrow Water.",
                date(2024, 6, 15),
                "no_later_than",
            ),
            (
                "Gareth Pugh",
                "minutes",
                "2025-04.txt",
                "Gareth Pugh (account manager, Harrow Water) reported on the renewal.",
                date(2025, 4, 8),
                "exact",
            ),
            ("Gareth Pugh", "prices_2023", "row-9", None, date(2023, 4, 3), "no_later_than"),
        ],
        None,
    ),
    (
        "Brightwater Instruments Ltd",
        "registered_address",
        "suspected_error",
        "records",
        "open",
        [
            ("Unit 4, Quay Road, Bristol BS1 4QA", "crm", "1", None, date(2025, 12, 1), "exact"),
            ("Unit 4, Quay Road, Bristol BS1 4QB", "directory", "hq", None, None, "unknown"),
        ],
        None,
    ),
    (
        "BA-417",
        "scheduled_departure",
        "value_conflict",
        "records",
        "open",
        [(f"2011-12-01 {7 + n:02}:{5 * n:02}", f"flights/site-{n:02}", "", None, date(2025, 12, 1), "exact") for n in range(9)],
        None,
    ),
]
