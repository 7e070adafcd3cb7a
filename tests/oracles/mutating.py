"""Pairs of contracts that differ in one or two known ways."""

import copy
import random

BASE = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "some-contract",
    "name": "Some contract",
    "version": "1.0.0",
    "status": "active",
    "schema": [
        {
            "name": "sales",
            "physicalName": "sales",
            "logicalType": "object",
            "physicalType": "table",
            "properties": [
                {"name": "a", "logicalType": "integer", "physicalType": "INTEGER", "required": True, "primaryKey": True, "primaryKeyPosition": 1},
                {"name": "b", "logicalType": "integer", "physicalType": "BIGINT", "unique": True, "logicalTypeOptions": {"minimum": 2, "maximum": 8}},
                {"name": "c", "logicalType": "string", "physicalType": "VARCHAR", "required": True, "logicalTypeOptions": {"minLength": 2, "maxLength": 8, "pattern": "^x"}},
                {"name": "d", "logicalType": "number", "physicalType": "DECIMAL(9,2)", "classification": "internal", "description": "money"},
                {"name": "e", "logicalType": "date", "physicalType": "DATE", "quality": [{"id": "e-null", "metric": "nullValues", "mustBeLessThan": 5}]},
                {"name": "f", "logicalType": "string", "physicalType": "VARCHAR", "quality": [{"id": "f-valid", "metric": "invalidValues", "arguments": {"validValues": ["x", "y"]}, "mustBe": 0}]},
            ],
            "quality": [
                {"id": "rows", "metric": "rowCount", "mustBeBetween": [0, 100]},
                {"id": "asked", "type": "sql", "query": "SELECT count(*) FROM {object} WHERE b < 0", "mustBe": 0},
                {"id": "softly", "metric": "rowCount", "mustBeGreaterThan": 5, "severity": "warning"},
            ],
        }
    ],
    "slaProperties": [{"property": "latency", "value": 1, "unit": "d"}, {"property": "retention", "value": 2, "unit": "y"}],
    "roles": [{"role": "reader"}],
}  # fmt: skip
PLACES = range(6)


def properties(contract):
    return contract["schema"][0]["properties"]


def column(change):
    """A change of one column; the change says no when it has nothing to change there."""

    def mutate(contract, place):
        return change(properties(contract)[place])

    return mutate


def rule(name, change):
    """A change of one rule, which is the same wherever the dice fall."""

    def mutate(contract, place):
        every = [contract["schema"][0], *properties(contract)]
        rules = [r for each in every for r in each.get("quality", ()) if r["id"] == name]
        if place or not rules:
            return False
        return change(rules[0])

    return mutate


def whole(change):
    def mutate(contract, place):
        return False if place else change(contract)

    return mutate


def setting(key, value, *, unless=None):
    def change(node):
        if node.get(key) == value or (unless and unless in node):
            return False
        node[key] = value
        return None

    return change


def dropping(key):
    return lambda node: None if node.pop(key, None) is not None else False


def option(key, by):
    def change(node):
        options = node.get("logicalTypeOptions", {})
        if key not in options:
            return False
        options[key] += by
        return None

    return change


def without_option(key):
    return lambda node: dropping(key)(node.get("logicalTypeOptions", {}))


def with_option(key, value, kind):
    def change(node):
        if node["logicalType"] != kind or key in node.get("logicalTypeOptions", {}):
            return False
        node.setdefault("logicalTypeOptions", {})[key] = value
        return None

    return change


def typed(old, new):
    return lambda node: setting("physicalType", new)(node) if node["physicalType"] == old else False


def removed(contract, place):
    gone = properties(contract).pop(place)
    return False if gone["name"] == "b" else None


def added(**more):
    def mutate(contract, place):
        properties(contract).append(
            {"name": f"n{place}", "logicalType": "string", "physicalType": "VARCHAR", **more}
        )

    return mutate


def renamed(node):
    node["name"] += "_new"


def threshold(key, value):
    def change(node):
        for each in [k for k in node if k.startswith("must")]:
            del node[each]
        node[key] = value

    return change


def key_moved(contract, place):
    node = properties(contract)[place]
    if node.get("primaryKey") or not node.get("required"):
        return False
    node |= {"primaryKey": True, "primaryKeyPosition": 2}
    return None


def valid(values):
    return lambda node: node["arguments"].update(validValues=values)


def without_rule(name):
    def change(contract):
        rules = contract["schema"][0]["quality"]
        rules[:] = [r for r in rules if r["id"] != name]

    return change


MUTATIONS = {
    "nothing": whole(lambda _: None),
    "a column is removed": removed,
    "an optional column is added": added(),
    "a required column is added": added(required=True),
    "a column is renamed": column(renamed),
    "a column gets another physical name": column(setting("physicalName", "other")),
    "a column is described": column(setting("description", "in other words")),
    "a column gets another title": column(setting("businessName", "A name")),
    "a column is tagged": column(setting("tags", ["personal"])),
    "a column is classified": column(setting("classification", "secret")),
    "a value is required": column(setting("required", True, unless="primaryKey")),
    "a value is optional": column(lambda n: False if n.get("primaryKey") else dropping("required")(n)),
    "a value is unique": column(setting("unique", True, unless="primaryKey")),
    "a value may repeat": column(lambda n: False if n.get("primaryKey") else dropping("unique")(n)),
    "a key is dropped": column(lambda n: None if n.pop("primaryKeyPosition", None) and n.pop("primaryKey") else False),
    "a key gets a second column": key_moved,
    "a whole number is wider": column(typed("INTEGER", "BIGINT")),
    "a whole number is narrower": column(typed("BIGINT", "INTEGER")),
    "money is wider": column(typed("DECIMAL(9,2)", "DECIMAL(18,2)")),
    "money is finer": column(typed("DECIMAL(9,2)", "DECIMAL(18,4)")),
    "money is a float": column(typed("DECIMAL(9,2)", "DOUBLE")),
    "a text has another spelling of its type": column(typed("VARCHAR", "TEXT")),
    "a lower bound falls": column(option("minimum", -1)),
    "a lower bound rises": column(option("minimum", 1)),
    "an upper bound rises": column(option("maximum", 1)),
    "an upper bound falls": column(option("maximum", -1)),
    "a bound is dropped": column(without_option("maximum")),
    "a bound is new": column(with_option("maximum", 100, "integer")),
    "texts may be longer": column(option("maxLength", 1)),
    "texts may be shorter": column(option("minLength", -1)),
    "texts are shorter": column(option("maxLength", -1)),
    "another pattern": column(option("pattern", "y")),
    "a pattern is dropped": column(without_option("pattern")),
    "a pattern is new": column(with_option("pattern", "^y", "string")),
    "a format is new": column(with_option("format", "email", "string")),
    "more may be missing": rule("e-null", threshold("mustBeLessThan", 9)),
    "less may be missing": rule("e-null", threshold("mustBeLessThan", 2)),
    "the same in other signs": rule("e-null", threshold("mustBeLessOrEqualTo", 4)),
    "a range of rows is wider": rule("rows", threshold("mustBeBetween", [0, 200])),
    "a range of rows is narrower": rule("rows", threshold("mustBeBetween", [10, 50])),
    "a range of rows is moved": rule("rows", threshold("mustBeBetween", [50, 150])),
    "a rule is dropped": whole(without_rule("rows")),
    "a rule that warns is dropped": whole(without_rule("softly")),
    "a rule is new": whole(lambda c: c["schema"][0]["quality"].append({"id": "new", "metric": "rowCount", "mustBeGreaterThan": 1})),
    "a rule only warns": rule("rows", setting("severity", "warning")),
    "a rule is described": rule("rows", setting("description", "enough rows")),
    "an SQL rule asks something else": rule("asked", setting("query", "SELECT count(*) FROM {object} WHERE b < 1")),
    "more values are valid": rule("f-valid", valid(["x", "y", "z"])),
    "fewer values are valid": rule("f-valid", valid(["x"])),
    "other values are valid": rule("f-valid", valid(["x", "z"])),
    "data may be older": whole(lambda c: c["slaProperties"][0].update(value=2)),
    "data are less old": whole(lambda c: c["slaProperties"][0].update(value=0.5)),
    "data are kept for less long": whole(lambda c: c["slaProperties"][1].update(value=1)),
    "a service level is dropped": whole(lambda c: c["slaProperties"].pop(1)  and None),
    "a role is removed": whole(lambda c: c.pop("roles") and None),
    "it is retired": whole(setting("status", "retired")),
    "it is deprecated": whole(setting("status", "deprecated")),
    "the table gets another name": whole(lambda c: c["schema"][0].update(physicalName="other")),
    "it costs something": whole(setting("price", {"priceAmount": 5, "priceCurrency": "USD", "priceUnit": "month"})),
}  # fmt: skip


def mutated(*steps):
    """The base contract after these (mutation, place) steps; None when one has nothing to change."""
    contract = copy.deepcopy(BASE)
    for name, place in steps:
        if MUTATIONS[name](contract, place) is False:
            return None
    return contract


def pairs(number):
    """Every single change at every place, and pairs of changes until there are so many."""
    singles = [((name, place),) for name in MUTATIONS for place in PLACES]
    found = [(steps, made) for steps in singles if (made := mutated(*steps)) is not None]
    dice = random.Random(20170101)
    names = list(MUTATIONS)
    while len(found) < number:
        one, two = dice.sample(names, 2)
        first, second = sorted(dice.sample(PLACES, 2), reverse=True)
        steps = ((one, first if dice.random() < 0.5 else 0), (two, second))
        made = mutated(*steps)
        if made is not None:
            found.append((steps, made))
    return found
