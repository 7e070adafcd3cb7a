"""Snippets: what to paste elsewhere to have a table's rows there, each to be run as it stands.

The token is never in them: it is read where it belongs, from the variable AGORA_TOKEN (in a workbook,
from the cell of that name).
"""

import json
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from agora.model.names import PortName

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
        return f"select * from {self.port.schema}.{self.port.table} limit 100"

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
    purpose = f', purpose="{to.purpose}"' if to.purpose else ""
    return (
        "import os\n\n"
        "import agora\n\n"
        f'mesh = agora.connect("{to.url}", os.environ["AGORA_TOKEN"])\n'
        f'frame = mesh.query("{to.sql}"{purpose}).to_pandas()\n'
        "print(frame)\n"
    )


def _excel(to: _Way) -> str:
    query = ", ".join(f'{key} = "{value}"' for key, value in to.asked("csv").items())
    return (
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
        f"  -d '{json.dumps(asked)}' '{to.url}/api/v1/query'\n"
    )
