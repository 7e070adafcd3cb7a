"""The codes of findings in texts: what each means and what to do; `agora explain CODE` shows them."""

from agora.model.codes import page

CODES = {
    "E101": ("not readable text", "save the file as UTF-8"),
    "E102": ("not YAML", "look at the line named: a colon, a quote or an indent is wrong there"),
    "E103": ("a key stands twice", "keep one of them; YAML would silently drop the other"),
    "E104": ("too large or too nested", "aliases are not unfolded beyond 10,000 values"),
    "E105": ("the file is empty", "write it, or remove the file"),
    "E106": ("a variable has no value", "set it in the environment, or write the value"),
    "E107": ("not a kind of file that belongs here", "begin with `agora: 1` and the right `kind`"),
    "E108": (
        "a version of the standard that is not read here",
        "ODCS v3.0.0-v3.2.0, ODPS v0.9.0-v1.1.0",
    ),
    "E109": ("a file is missing", "write it; `agora init` shows how it looks"),
    "E110": ("the shape is wrong", "the reference of this file shows its shape"),
    "E111": ("there is no such key", "keys are written exactly as in the reference"),
    "E112": ("a key is missing", "add it"),
    "E113": ("not one of the permitted values", "write one of those the sentence lists"),
    "E118": ("a file that nothing reads", "move it to where it belongs; here it has no effect"),
    "E119": ("a domain that is not on the list", "add its folder to `domains` in `agora.yaml`"),
    "E120": (
        "a domain's folder holds no `domain.yaml`",
        "write it, or take the domain off the list",
    ),
    "E121": ("a name differs from its folder", "give both the same name"),
    "E122": ("not a name", "lower-case words joined by hyphens, at most 63 letters"),
    "E123": ("two names become one in SQL", "rename one: `a-b` and `a_b` are the same table"),
    "E124": ("an id is used twice", "ids are unique in the mesh"),
    "E125": ("a person or team nobody knows", "add them to `people.yaml`"),
    "E126": ("a tag nobody has defined", "define it in the guardrails' tags"),
    "E127": ("a purpose nobody has defined", "define it in the guardrails' purposes"),
    "E128": ("a port, product or domain nobody knows", "check the spelling"),
    "E129": ("a time that cannot be read", "write it as 2018-01-31 or 2018-01-31T08:00:00Z"),
    "E130": (
        "a product without its file",
        "a product's folder holds `<product>.odps.yaml` and `build.yaml`",
    ),
    "E131": (
        "an output port without a contract",
        "write the contract and name its id as `contractId`",
    ),
    "E132": ("a contract that no port uses", "name its id in an output port, or remove it"),
    "E133": ("a contract without a table", "its first schema object describes the port's table"),
    "E134": (
        "an input port from nowhere",
        "its `contractId` is the id of another product's contract",
    ),
    "E135": ("an input without a purpose", "say in `build.yaml` what the input is used for"),
    "E136": ("products go round in a circle", "one of them has to do without the other"),
    "E137": ("a version that is no version", "write it as 1.0.0"),
    "E138": ("an output that is filled from nothing", "name a step, a source or an input"),
    "E139": ("a port that no output fills", "add it to `outputs` in `build.yaml`"),
    "E140": ("a column type that cannot be kept", "use a type that survives storage"),
    "E141": ("the logical and the physical type differ", "make them say the same"),
    "E142": ("an array without items", "say what it holds under `items`"),
    "E143": ("a schedule without a scheduler", "name the scheduler, for example cron"),
    "E144": (
        "a quality rule that cannot be counted",
        "a rule has a `metric` or a `query`, and one operator such as `mustBe`",
    ),
    "E145": ("a severity that is not known here", "error, quarantine or warning"),
    "E146": ("a reference to nothing", "write it as `object.column`"),
    "E147": ("a step's file is missing", "write it, or take the step out"),
    "E148": ("a port and its contract name different versions", "give both the same major version"),
    "E149": ("a promise that nothing counts", "the sentence says why"),
    "E150": ("a row rule that cannot be read", "`region in $user.regions and week >= 10`"),
    "E151": ("a row rule that cannot be evaluated", "columns and types must fit the port"),
    "E152": ("a permit that names nobody", "say whom with `who`"),
    "E153": ("a rule that applies to nothing", "check its `applies_to`"),
    "E154": ("a test beside a rule does not hold", "change the rule or the test"),
    "E155": ("a rule without a test", "say in `tests` what somebody sees under it"),
    "E156": ("a mask that cannot be applied", "it would become null for this type"),
    "E157": (
        "a pattern that cannot be read",
        "write it as a regular expression without look-around",
    ),
    "E158": ("bounds that no value can meet", "the lower bound is not above the upper one"),
    "E160": (
        "a key that does not belong to such a step",
        "a step is a `file` with SQL or Python, or `from` and `recipe`",
    ),
    "E161": ("not a type a recipe can cast to", "use a plain type such as `date` or `integer`"),
    "E162": ("a cast that cannot work as it is written", "say only what its type needs"),
    "E163": ("a column twice in one instruction", "name it once"),
    "E164": ("a condition that asks about a reader", "a build has no reader; compare columns"),
    "E165": ("not Python", "correct the line named"),
    "E166": ("not exactly one public function", "begin the names of the others with `_`"),
    "E167": ("a parameter that cannot be given", "parameters name sources, inputs or steps"),
    "E168": ("an import that a step may not have", "compute with what is given to the step"),
    "E169": ("a call that a step may not make", "the same input has to give the same rows"),
    "E159": ("a tag that comes along and is not named", "name it; it travels along anyway"),
    "E170": (
        "deliveries that cannot be loaded so",
        "`load: {mode: append, by: [day]}`; all ports of a product grow by the same deliveries",
    ),
    "E171": (
        "a retired version is still read",
        "deprecate it with a last day, and retire it when its readers have changed",
    ),
}

_CHAPTERS = {
    "E10": "The text",
    "E11": "Its shape",
    "E12": "Names",
    "E13": "Products, ports and contracts",
    "E14": "Columns, rules and steps",
    "E15": "Policies and bounds",
    "E16": "Recipes and Python steps",
    "E17": "Deliveries",
}


def reference() -> str:
    """The page of these codes, as it stands in `docs/reference/findings.md`."""
    words = (
        "What `agora check` can find wrong in the texts of a mesh. Each finding names the file, the line\n"
        "and the column, and `agora explain CODE` says the same as this page."
    )
    return page("Findings", words, _CHAPTERS, CODES)
