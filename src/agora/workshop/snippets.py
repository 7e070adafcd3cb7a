"""Snippets: what to paste elsewhere to have a table's rows there, each to be run as it stands.

The token is never in them: it is read where it belongs, from the variable AGORA_TOKEN (in a workbook,
from the cell of that name). A purpose is whatever somebody said; each tool has its own way to quote it.
"""

import json
import re
import shlex
from dataclasses import dataclass
from urllib.parse import urlencode

from agora.model.names import PortName

# What the engine takes for its own words where a schema would stand.
_WORDS = """
all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast
check collate collation column columns concurrently constraint create cross default deferrable desc describe
distinct do else end except false fetch for foreign freeze from full generated glob group having ilike in
initially inner intersect into is isnull join lambda lateral leading left like limit map natural not notnull
null offset on only or order outer overlaps pivot pivot_longer pivot_wider placing positional primary
qualify references returning right select semi show similar some struct summarize symmetric table
tablesample then to trailing true try_cast tuple union unique unpack unpivot using variadic verbose when
where window with
"""
_URL = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A text for one tool; `language` is how it is highlighted."""

    tool: str
    title: str
    language: str
    text: str


def snippets(port: PortName, url: str, purpose: str = "") -> tuple[Snippet, ...]:
    """One text for each tool; `url` is where the server stands. Raises ValueError for what is none."""
    if not _URL.match(url):
        raise ValueError(url)
    to = _Way(port=port, url=url.rstrip("/"), purpose=purpose)
    made = (
        ("sql", "SQL", "sql", f"{to.sql}\n"),
        ("pandas", "pandas", "python", _pandas(to)),
        ("polars", "polars", "python", _polars(to)),
        ("python", "Python client", "python", _client(to)),
        ("excel", "Excel (Power Query)", "powerquery", _excel(to)),
        ("curl", "curl", "sh", _curl(to)),
        ("spark", "Spark", "python", _spark(to)),
    )
    return tuple(
        Snippet(tool=tool, title=title, language=language, text=text)
        for tool, title, language, text in made
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """The way to a table's rows from outside."""

    port: PortName
    url: str
    purpose: str

    @property
    def sql(self) -> str:
        schema = self.port.schema
        schema = f'"{schema}"' if schema in _WORDS.split() else schema
        return f"select * from {schema}.{self.port.table} limit 100"

    @property
    def path(self) -> str:
        return (
            f"/api/v1/products/{self.port.domain}/{self.port.product}/tables/{self.port.port}/rows"
        )

    def asked(self, form: str) -> dict[str, str]:
        return {"format": form, **({"purpose": self.purpose} if self.purpose else {})}

    def rows(self, form: str) -> str:
        return f"{self.url}{self.path}?{urlencode(self.asked(form))}"


def _pandas(to: _Way) -> str:
    return (
        "import os\n"
        "import pandas as pd\n\n"
        'token = {"Authorization": f"Bearer {os.environ[\'AGORA_TOKEN\']}"}\n'
        f'frame = pd.read_parquet("{to.rows("parquet")}", storage_options=token)\n'
        "print(frame)\n"
    )


def _fetched(to: _Way) -> str:
    return (
        "request = urllib.request.Request(\n"
        f'    "{to.rows("parquet")}",\n'
        '    headers={"Authorization": f"Bearer {os.environ[\'AGORA_TOKEN\']}"},\n'
        ")\n"
    )


def _polars(to: _Way) -> str:
    return (
        "import io\n"
        "import os\n"
        "import urllib.request\n\n"
        "import polars as pl\n\n"
        f"{_fetched(to)}"
        "with urllib.request.urlopen(request) as answer:\n"
        "    frame = pl.read_parquet(io.BytesIO(answer.read()))\n"
        "print(frame)\n"
    )


def _spark(to: _Way) -> str:
    return (
        "import os\n"
        "import shutil\n"
        "import urllib.request\n\n"
        "from pyspark.sql import SparkSession\n\n"
        f"{_fetched(to)}"
        f'with urllib.request.urlopen(request) as answer, open("{to.port.table}.parquet", "wb") as file:\n'
        "    shutil.copyfileobj(answer, file)\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        f'frame = spark.read.parquet("{to.port.table}.parquet")\n'
        "frame.show()\n"
    )


def _client(to: _Way) -> str:
    purpose = f", purpose={_double(to.purpose)}" if to.purpose else ""
    return (
        "import os\n\n"
        "import agora\n\n"
        f'mesh = agora.connect("{to.url}", os.environ["AGORA_TOKEN"])\n'
        f"frame = mesh.query({_double(to.sql)}{purpose}).to_pandas()\n"
        "print(frame)\n"
    )


# Excel sends a token in a header to what it connects to anonymously, and to nothing else.
_IN_EXCEL = """\
// 1. Put a token of yours into a cell and name that cell AGORA_TOKEN. Who has the workbook has the token.
// 2. Data > Get Data > From Other Sources > Blank Query, then Advanced Editor: paste this, Done.
// 3. Edit Credentials: Anonymous (the token goes along as a header). Privacy levels, where Excel asks:
//    Organizational, for the workbook and for this address alike.
// 4. Every column comes as text: select all, Transform > Detect Data Type. Then Close & Load.
"""


def _excel(to: _Way) -> str:
    query = ", ".join(f"{key} = {_formula(value)}" for key, value in to.asked("csv").items())
    return (
        f"{_IN_EXCEL}"
        "let\n"
        '    Token = Excel.CurrentWorkbook(){[Name = "AGORA_TOKEN"]}[Content]{0}[Column1],\n'
        f'    Answer = Web.Contents("{to.url}", [\n'
        f'        RelativePath = "{to.path.lstrip("/")}",\n'
        f"        Query = [{query}],\n"
        '        Headers = [Authorization = "Bearer " & Token]\n'
        "    ]),\n"
        '    Lines = Csv.Document(Answer, [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),\n'
        "    Rows = Table.PromoteHeaders(Lines, [PromoteAllScalars = true])\n"
        "in\n"
        "    Rows\n"
    )


def _curl(to: _Way) -> str:
    asked = {"sql": to.sql, **to.asked("csv")}
    return (
        'curl -fsS -H "Authorization: Bearer $AGORA_TOKEN" \\\n'
        f"  '{to.rows('csv')}'\n\n"
        "# or any question\n"
        'curl -fsS -H "Authorization: Bearer $AGORA_TOKEN" -H "Content-Type: application/json" \\\n'
        f"  -d {shlex.quote(json.dumps(asked))} '{to.url}/api/v1/query'\n"
    )


def _double(text: str) -> str:
    """The text as Python reads it, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _formula(text: str) -> str:
    """The text as Power Query's formula language reads it: `""` is a quote, `#(…)` any other sign."""
    plain = "".join(
        each if each.isprintable() and each != "#" else f"#({ord(each):08X})" for each in text
    )
    return '"' + plain.replace('"', '""') + '"'
