"""Where a column comes from and goes, through the command line; and a tag nobody repeated."""

import json

SEGMENTS = "customers/segments"
CONTRACT = f"{SEGMENTS}/contracts/segments.v1.odcs.yaml"
SOLD = "sales/transactions/contracts/transactions.v1.odcs.yaml"
READ = (
    "request", "sales.transactions", "--for", "service:customers.segments", "--purpose", "segmentation",
    "--reason", "segments", "--accept-terms", "--as", "carl", "--json",
)  # fmt: skip


def edit(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new))


def built(shell):
    """The market with a tagged amount that builds may read and the segments' contract forgot."""
    rule = shell.root / "guardrails/mask-personal.yaml"
    edit(rule, "unless:\n", "unless:\n  - {kinds: [service]}\n")
    edit(
        shell.root / SOLD,
        '{name: amount, logicalType: number, physicalType: "DECIMAL(9,2)", required: true}',
        '{name: amount, logicalType: number, physicalType: "DECIMAL(9,2)", required: true, tags: [personal]}',
    )
    assert shell("run", "sales.transactions", "--as", "olga")[0] == 0
    _, out, _ = shell(*READ)
    assert shell("approve", json.loads(out)["result"]["request"]["id"], "--as", "sofia")[0] == 0
    return shell("run", "customers.segments", "--as", "carl")


def asked(shell):
    _, out, _ = shell(
        "request", "customers.segments", "--purpose", "segmentation", "--reason", "x", "--as", "mia",
        "--json",
    )  # fmt: skip
    assert shell("approve", json.loads(out)["result"]["request"]["id"], "--as", "carl")[0] == 0


def test_a_tag_the_contract_forgot_still_masks_and_says_where_it_came_from(shell):
    code, _, err = built(shell)
    assert code == 0, err
    asked(shell)
    sql = "select household_id, baskets, amount from customers.segments"
    reader = ("--as", "mia", "--purpose", "segmentation")
    code, out, err = shell("query", sql, *reader, "--json")
    assert code == 0, err
    found = [json.loads(line) for line in out.splitlines()]
    assert {row["amount"] for row in found} == {None}
    assert all(row["baskets"] and row["household_id"] for row in found)
    _, out, _ = shell("explain", "customers.segments", *reader)
    (amount,) = [line for line in out.splitlines() if line.startswith("amount")]
    assert "tag `personal` came along from `sales.transactions@1.amount`" in amount
    _, out, _ = shell("query", sql, "--as", "carl", "--json")
    assert None not in {json.loads(line)["amount"] for line in out.splitlines()}
    code, _, err = shell("check")
    assert code == 0
    assert "warning[E159]: `amount` comes from `sales.transactions@1.amount`" in err
    assert "-->" in err
    assert f"{CONTRACT}:14" in err


def test_a_column_both_ways(shell):
    built(shell)
    code, out, err = shell("lineage", "sales.transactions.household_id")
    assert code == 0, err
    assert out.splitlines() == [
        "sales.transactions@1.household_id",
        "  from",
        "  └─ sales.transactions/raw.household_id  (identity)",
        "  to",
        "  ├─ customers.segments@1 (which rows)  (group by)",
        "  └─ customers.segments@1.household_id  (identity)",
    ]
    _, out, _ = shell("lineage", "customers.segments@1.amount", "--up", "--depth", "1", "--json")
    (told,) = json.loads(out)["result"]
    assert told["down"] == []
    assert [(b["column"]["column"], b["how"], b["branches"]) for b in told["up"]] == [
        ("amount", ["aggregation"], []),
        ("household_id", ["group-by"], []),
    ]


def test_a_whole_port_and_what_there_is_not(shell):
    built(shell)
    code, out, _ = shell("lineage", "customers.segments", "--down", "--as", "mia")
    assert code == 0
    assert [line for line in out.splitlines() if not line.startswith(" ")] == [
        "customers.segments@1.household_id",
        "customers.segments@1.baskets",
        "customers.segments@1.amount",
    ]
    code, _, err = shell("lineage", "customers.segments.amont")
    assert code == 2
    assert "did you mean `customers.segments.amount`" in err
    code, _, err = shell("lineage", "customers.segment.amount")
    assert code == 2
    assert "error[E404]" in err
    code, _, err = shell("lineage", "customers.households.age")
    assert code == 2
    assert "agora run customers.households" in err


def test_sources_and_unlisted_products_stay_unnamed_for_others(shell):
    edit(shell.root / SEGMENTS / "build.yaml", "kind: build\n", "kind: build\nlisted: false\n")
    assert built(shell)[0] == 0
    _, out, _ = shell("lineage", "sales.transactions.amount", "--as", "mia")
    assert "segments" not in out
    assert "raw" not in out
    assert "└─ something you may not know of  (transformation)" in out
    _, out, _ = shell("lineage", "sales.transactions.amount", "--as", "carl")
    assert "customers.segments@1.amount" in out
    code, _, err = shell("lineage", "customers.segments.amount", "--as", "mia")
    assert code == 2
    assert "there is no `customers.segments.amount` here" in err


def test_a_step_that_cannot_be_followed_is_told_and_masks_everything(shell):
    step = shell.root / SEGMENTS / "steps/per-household.sql"
    step.write_text(
        "select household_id, max(columns('basket_id')) as baskets, sum(amount) as amount\n"
        "from transactions group by household_id\n"
    )
    code, _, err = built(shell)
    assert code == 0, err
    _, out, _ = shell("lineage", "customers.segments.baskets", "--up")
    assert "a step could not be followed" in out
    assert "sales.transactions@1.week" in out
    asked(shell)
    _, out, _ = shell(
        "query",
        "select baskets from customers.segments",
        "--as",
        "mia",
        "--purpose",
        "segmentation",
        "--json",
    )
    assert {json.loads(line)["baskets"] for line in out.splitlines()} == {None}
