"""Servers: where this terminal is signed in, kept in a file that only its person can read."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from agora.cli.openings import SignedIn
from agora.model.errors import AgoraError, Unavailable, Unusable

if TYPE_CHECKING:
    from agora.needs.elsewhere import Elsewhere

NAME = "server.json"


class KeptServers:
    """One server at most: that of the environment, else the one that was signed in at."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Look where the environment says."""
        self._environment = environment

    def current(self) -> SignedIn | None:
        """The one signed in at, if any. Raises Unusable without a token, Unavailable for what is kept."""
        if url := self._environment.get("AGORA_URL", ""):
            return SignedIn(url=url, token=self._given())
        file = self._file()
        try:
            kept = json.loads(file.read_bytes())
            url, token = kept["url"], kept["token"]
            return SignedIn(url="" + url, token="" + token, file=str(file))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, KeyError, TypeError):
            raise Unavailable(
                f"`{file}` cannot be read", code="E775", hint="agora logout, then agora login URL"
            ) from None

    def keep(self, url: str, token: str) -> SignedIn:
        """Commands work against this one from now on; nobody else can read the token."""
        file = self._file()
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{NAME}-")
            with os.fdopen(handle, "w", encoding="utf-8") as kept:
                json.dump({"url": url, "token": token}, kept)
            Path(name).replace(file)  # a file of mkstemp is its owner's alone
        except OSError as problem:
            raise _unwritable(file, problem) from None
        return SignedIn(url=url, token=token, file=str(file))

    def forget(self) -> SignedIn | None:
        """Commands work here again; the answer is what was kept."""
        file = self._file()
        try:
            found = self.current()
        except AgoraError:
            found = None
        try:
            file.unlink(missing_ok=True)
        except NotADirectoryError:
            return None
        except OSError as problem:
            raise _unwritable(file, problem) from None
        return found if found and found.file else None

    def open(self, found: SignedIn) -> "Elsewhere":
        """The mesh there. Raises Unusable for what is no address."""
        from agora.app.house import outlets
        from agora.client.calls import Calls
        from agora.client.elsewhere import Elsewhere

        return Elsewhere(Calls(found.url, found.token), outlets())

    def _given(self) -> str:
        if token := self._environment.get("AGORA_TOKEN", "").strip():
            return token
        hint = "set AGORA_TOKEN as well; the page Tokens or `agora token --make` makes one"
        raise Unusable("AGORA_URL is set, but there is no token", code="E777", hint=hint)

    def _file(self) -> Path:
        """`AGORA_CONFIG/server.json`, by default in the person's folder of configurations."""
        if folder := self._environment.get("AGORA_CONFIG", ""):
            return Path(folder, NAME)
        home = Path(self._environment.get("HOME", "~")).expanduser()
        return Path(self._environment.get("XDG_CONFIG_HOME", "") or home / ".config", "agora", NAME)


def _unwritable(file: Path, problem: OSError) -> Unavailable:
    return Unavailable(f"`{file}` cannot be written", code="E024", hint=problem.strerror or "")
