"""The codes of errors and reasons: what each means and what to do; `agora explain CODE` shows them.

Findings in texts have their own, in `spec/codes`.
"""

from collections.abc import Mapping

Meanings = Mapping[str, tuple[str, str]]

CODES: Meanings = {
    "E001": ("something Agora did not expect", "run it with AGORA_DEBUG=1 and send what it prints"),
    "E002": ("a command line that means nothing", "`agora COMMAND --help` shows the options"),
    "E010": ("no mesh in this folder or above it", "`agora init` makes one; `--mesh` names one"),
    "E011": ("not a name", "lower-case words joined by hyphens"),
    "E012": ("there is a mesh here already", "name another folder, or go on with this one"),
    "E013": ("the product exists already", "choose another name, or change its files"),
    "E014": ("not the name of a product", "write `domain.product`"),
    "E015": ("a kind of file that cannot be read", "export it as CSV, Parquet, JSON or a workbook"),
    "E016": ("nobody's team could own the new domain", "add a team in `people.yaml`"),
    "E017": ("nobody is acting", "say who with `--as`, or set `operator` in `agora.yaml`"),
    "E018": ("a person nobody knows", "check the spelling, or add them to `people.yaml`"),
    "E019": ("not a day", "write it as 2018-06-30"),
    "E020": ("a secret without a value", "set the variable, or write the file, that it names"),
    "E021": ("no product is named", "name one, or say `--all`"),
    "E022": ("an unknown format of rows", "use one of those the sentence lists"),
    "E023": ("a binary format for a terminal", "name a file with `-o`"),
    "E024": ("the output file cannot be written", "check its folder and your rights there"),
    "E025": ("the file with the statement cannot be read", "check its path"),
    "E026": ("no statement is given", "give one SELECT, `-`, or `--file`"),
    "E027": ("a code that does not exist", "check the spelling"),
    "E028": ("nothing a ledger can do", "use one of the words the hint lists"),
    "E029": ("two kinds of rows at once", "ask for one of them"),
    "E031": ("another mesh is in the demo's folder", "name another folder"),
    "E040": ("a kind of file that is not ours", "name one of those the hint lists"),
    "E041": ("an unknown format of export", "use one of those the hint lists"),
    "E043": ("a version that would lose something", "export in another version of the standard"),
    "E100": ("the texts of the mesh are in doubt", "`agora check` shows every finding"),
    "E201": ("an empty statement", "write one SELECT"),
    "E202": ("a statement too long", "shorten it; join to a table instead of listing values"),
    "E203": ("control characters in a statement", "type it anew instead of pasting it"),
    "E204": ("a statement nested too deeply", "split it with WITH"),
    "E210": ("a statement that cannot be read", "the sentence names the place"),
    "E211": ("more than one statement, or no SELECT", "send each SELECT on its own"),
    "E212": ("a part of SQL that is not possible here", "only SELECT over named tables is"),
    "E213": ("not the name of a table", "name it as `domain.product`"),
    "E214": ("a function that is not possible here", "the hint says what to use instead"),
    "E215": ("a size or bound that is not fixed", "write it as a number within the limit"),
    "E216": ("not the name of a common table", "use letters, digits and _"),
    "E230": ("a column you cannot see", "`agora explain PRODUCT` lists the columns you see"),
    "E231": ("names or types that do not fit together", "compare them with `agora show PRODUCT`"),
    "E232": ("a value that cannot be converted", "use TRY_CAST, which gives null instead"),
    "E233": ("a number out of range", "cast to a wider type first"),
    "E234": ("an argument a function cannot use", "check its format, pattern or arguments"),
    "E236": ("something the engine cannot do", "write it another way"),
    "E237": ("a place the reader may not reach", "only products can be read"),
    "E239": ("the statement cannot be answered", "the operator finds the reason in the log"),
    "E301": ("an unknown type of source", "use one of those the hint lists"),
    "E302": ("an option its source does not have", "the sentence lists those it has"),
    "E303": ("a file is not there", "paths are relative to the product's folder"),
    "E304": ("an optional package is missing", "install what the hint names"),
    "E311": ("a step reads what is not there", "the hint lists what it can read"),
    "E312": ("steps go round in a circle", "let one of them read its rows from a source"),
    "E320": ("the landed sources cannot be opened", "is the file whole? export it again"),
    "E321": ("a step does not run", "correct its SQL; the sentence says where"),
    "E322": ("written rows cannot be read back", "check the disk, then run again"),
    "E323": ("rows or a check cannot be computed", "look at the columns the sentence names"),
    "E324": ("values that do not fit their type", "correct them in a step, or change the contract"),
    "E325": ("a column would change its type", "offer a new major version of the contract"),
    "E330": ("a source outside its folder", "copy the file next to `build.yaml`"),
    "E331": ("an empty file", "deliver it again"),
    "E332": ("too many columns", "is it laid out sideways? each row is one record"),
    "E333": ("a column without a name", "fill in the header"),
    "E334": ("a column twice in the header", "rename one of them"),
    "E335": ("not a whole Parquet file", "was it copied completely? export it again"),
    "E336": ("a table without columns", "name the row of the header with the option `header`"),
    "E337": ("another encoding than declared", "declare its `encoding` in `build.yaml`"),
    "E338": ("a row with too few or too many values", "check the delimiter, the quotes, the row"),
    "E339": ("a line that is no CSV", "check the quotes in that line"),
    "E340": ("JSON without objects", "deliver one object per row"),
    "E341": ("a JSON array too large", "write one object per line instead"),
    "E342": ("not JSON", "the hint says what is wrong in that line"),
    "E343": ("a JSON value that is no object", "deliver one object per row"),
    "E344": ("the header is below the sheet's end", "correct the option `header`"),
    "E345": ("a sheet that is not there", "name one of those the hint lists"),
    "E346": ("not a workbook that can be opened", "save it again as .xlsx or .ods, unencrypted"),
    "E347": ("a formula that failed", "correct it in the workbook and save it"),
    "E348": ("a workbook too large unpacked", "save only the sheet needed, or export it as CSV"),
    "E349": ("a sheet that spans too many cells", "delete what stands far from the table"),
    "E400": ("a rule narrows what is seen", "it says whose it is; ask its owner"),
    "E401": ("an agent that acts for nobody", "say in `people.yaml` whom it acts for"),
    "E402": ("a rule forbids it", "it says whose it is; ask its owner"),
    "E403": ("no agreement lets you", "`agora request PRODUCT` asks for one"),
    "E404": ("nothing of that name, as far as you may know", "`agora search` lists what there is"),
    "E405": ("a port that is not there", "`agora show PRODUCT` lists its ports"),
    "E407": ("no rows of that kind were put aside", "the newest run had nothing to keep"),
    "E408": ("no such request or agreement", "`agora approve` lists what waits"),
    "E409": ("somebody else was faster", "look again and retry"),
    "E410": ("several purposes are possible", "say which one with `--purpose`"),
    "E411": ("a purpose nobody has defined", "use one of the guardrails' purposes"),
    "E412": ("approvals for different purposes", "ask for one purpose that covers all of them"),
    "E413": ("the request was answered already", "`agora approve` lists what waits"),
    "E414": ("neither owner nor consumer", "ask one of them to end the agreement"),
    "E415": ("the agreement has ended already", "nothing is left to do"),
    "E416": ("more than was asked for", "grant what the request names, or less"),
    "E417": ("the same request waits already", "its owners answer it"),
    "E418": ("only few may prove the ledger", "ask the operator or governance"),
    "E419": ("not among the product's publishers", "the hint names those who are"),
    "E420": ("an attribute a rule needs is missing", "add it to the person in `people.yaml`"),
    "E421": ("a rule that cannot be evaluated denies", "its owner corrects it"),
    "E422": ("a request names no such column", "`agora show PRODUCT` lists the columns"),
    "E423": ("a request without a reason", "add `--reason`"),
    "E424": ("an end that cannot be", "choose a day to come, not too far away"),
    "E425": ("a person or team nobody knows", "check the spelling, or add them to `people.yaml`"),
    "E426": ("asking for somebody else", "ask for yourself, your team or your services"),
    "E427": ("it is agreed already", "query it: the approval is the access"),
    "E428": ("nobody approves their own request", "another owner answers it"),
    "E429": ("not an owner", "the hint names the owners"),
    "E430": ("it took longer than it may", "narrow it with WHERE, or ask for more time"),
    "E431": ("it needed more memory than it may use", "select less, or raise `limits.memory`"),
    "E432": ("a statement too large to read", "shorten it"),
    "E433": ("more rows than may be given", "narrow it with WHERE or LIMIT"),
    "E434": ("a text too many or too large", "keep data out of the folders of texts"),
    "E440": ("an agent has no rights of its own", "ask for the person it acts for"),
    "E441": ("the right to read has ended", "`agora request PRODUCT` asks for a new one"),
    "E442": ("the version of a port is retired", "use the version the hint names"),
    "E443": ("the version of a port is deprecated", "change to the version the hint names in time"),
    "E444": ("a deprecated version is not begun with", "ask for the version the hint names"),
    "E445": (
        "a change that breaks those who depend on it",
        "a new major version beside the old one, the old promise again, or their consent",
    ),
    "E446": (
        "retiring a version somebody depends on",
        "deprecate it with a last day first, and retire it after that day",
    ),
    "E447": ("a last day too soon for those who depend on it", "give them at least 30 days"),
    "E448": ("nothing to consent to", "`agora plan PRODUCT` shows what changes, and for whom"),
    "E449": ("not one of those who may consent", "the hint names who may"),
    "E501": ("the store's disk is full", "free some space; nothing was half written"),
    "E502": ("the store is busy", "try again in a moment"),
    "E503": ("the store cannot be written", "check the rights of its folder or its user"),
    "E504": ("no release yet", "its owners publish one with `agora run PRODUCT`"),
    "E505": ("the store does not answer", "is its server running, and its address right?"),
    "E506": ("no mesh in the named folder", "`agora init` makes one"),
    "E507": ("a text cannot be read", "check its rights, or where its link leads"),
    "E508": ("a file stands where one would be written", "move it away; nothing was written"),
    "E509": ("the mesh's folder cannot be written", "check its rights"),
    "E510": ("no process can be started", "has the machine memory and processes left?"),
    "E511": ("the tables cannot be opened", "their owners find the reason in the log"),
    "E512": ("a table with row deletes", "rewrite it without them"),
    "E513": ("an answer without a schema", "ask again; tell the operator when it stays"),
    "E514": ("the lake's disk is full", "free some space and run again; nothing was released"),
    "E515": ("the store is damaged", "put its file back from a backup"),
    "E516": ("the store lets nobody in", "check the user and the password of its address"),
    "E517": ("the store's address means nothing", "`sqlite:PATH` or `postgresql://USER@HOST/NAME`"),
    "E518": ("the mesh is in no Git repository", "leave out `--against`, or clone the mesh with Git"),
    "E519": ("a version that Git does not know", "name a branch, a tag or a commit"),
    "E520": ("a table is gone", "put the lake's catalogue back from a backup"),
    "E521": ("another writer changed the same table", "run again"),
    "E522": ("the lake does not answer", "is its catalogue whole? the hint names the problem"),
    "E523": ("the lake's folder cannot be used", "check its rights"),
    "E524": ("git does not answer", "install git, or leave out `--against`"),
}

_CHAPTERS = {
    "E0": "The command",
    "E1": "The texts",
    "E2": "The statement",
    "E3": "Sources and builds",
    "E4": "Rights, requests and limits",
    "E5": "The machine",
}


def page(title: str, words: str, chapters: Mapping[str, str], codes: Meanings) -> str:
    """A page of codes, chapter by chapter."""
    lines = [f"# {title}", "", words]
    for start, chapter in chapters.items():
        lines += ["", f"## {chapter}", "", "| code | what is wrong | what to do |", "|---|---|---|"]
        lines += [
            f"| `{code}` | {meaning} | {hint.replace('|', chr(92) + '|')} |"
            for code, (meaning, hint) in sorted(codes.items())
            if code.startswith(start)
        ]
    return "\n".join(lines) + "\n"


def reference() -> str:
    """The page of these codes, as it stands in `docs/reference/errors.md`."""
    words = (
        "What can go wrong besides the texts of a mesh, and the reasons a decision gives. Every error\n"
        "carries its code, and `agora explain CODE` says the same as this page. Codes of findings in\n"
        "texts have [their own page](findings.md)."
    )
    return page("Errors and reasons", words, _CHAPTERS, CODES)
