"""Sign-in with an OpenID provider: authorization code with PKCE, state and nonce.

Sources: OpenID Connect Core 1.0 (3.1), Discovery 1.0, RFC 7636. What the provider answers goes into
no message: it may hold codes and names.
"""

import hmac
import json
import secrets
import ssl
import time
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

import httpx
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from agora.model.account import Claims, Oidc
from agora.model.errors import Denied, Unavailable
from agora.needs.people import Departure
from agora.needs.source import Hidden

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]  # fmt: skip
"""Signatures only the provider can make; none, and those made with our own secret, are not here."""
KNOWN_FOR = 3600.0
LEEWAY = 60
SECONDS = 10.0
MOST_GROUPS, LONGEST_TEXT = 1000, 320
_LOCAL = ("localhost", "127.0.0.1", "::1")


class OidcProvider:
    """The Provider need over HTTP; what the provider says of itself is asked once an hour."""

    def __init__(self, settings: Oidc, secret: Hidden) -> None:
        """Ask nothing yet."""
        self._settings, self._secret = settings, secret
        self._known: tuple[float, Mapping[str, Any]] | None = None
        self._keys: KeySet | None = None

    def start(self, back: str) -> Departure:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._http() as http:
            place = str(self._metadata(http).get("authorization_endpoint"))
            client = self._client(http, back)
            url, _ = client.create_authorization_url(
                place, state=state, code_verifier=verifier, nonce=nonce
            )
        keep = json.dumps({"state": state, "nonce": nonce, "verifier": verifier})
        return Departure(url=url, keep=keep)

    def finish(self, params: Mapping[str, str], keep: str, back: str, now: datetime) -> Claims:
        if "error" in params or not params.get("code"):  # some providers leave the state out then
            raise Denied(
                "the sign-in was not finished", code="E623", hint="start it again when you like"
            )
        kept = _kept(keep, params.get("state", ""))
        with self._http() as http:
            given = self._metadata(http)
            if params.get("iss", given["issuer"]) != given["issuer"]:
                _does_not_fit()
            token = self._token(http, params["code"], kept["verifier"], back)
            said = self._judged(http, token, kept["nonce"], now)
            if not said.get("email"):
                said |= self._userinfo(http, token, said["sub"])
        return self._claims(said)

    def _token(self, http: httpx.Client, code: str, verifier: str, back: str) -> Mapping[str, Any]:
        """What the provider gives for the code; raises Denied when it gives nothing."""
        place = str(self._metadata(http).get("token_endpoint"))
        try:
            found: Mapping[str, Any] = self._client(http, back).fetch_token(
                place, code=code, code_verifier=verifier, **self._shown(http)
            )
        except httpx.HTTPError:
            raise _silent() from None
        except (OAuth2Error, ValueError):
            _does_not_fit()
        return found

    def _shown(self, http: httpx.Client) -> dict[str, Any]:
        """How we prove to be the client: as the provider wants it (RFC 6749, 2.3.1)."""
        name, secret = self._settings.client_id, self._secret.reveal()
        ways = self._metadata(http).get("token_endpoint_auth_methods_supported")
        if not secret:
            return {"client_id": name, "auth": httpx.Auth()}
        if ways and "client_secret_basic" not in ways:
            return {"client_id": name, "client_secret": secret, "auth": httpx.Auth()}
        return {"auth": httpx.BasicAuth(quote(name, safe=""), quote(secret, safe=""))}

    def _judged(
        self, http: httpx.Client, token: Mapping[str, Any], nonce: str, now: datetime
    ) -> dict[str, Any]:
        """What the id token says, once its signature, issuer, audience, times and nonce hold."""
        text = token.get("id_token")
        if not isinstance(text, str):
            _does_not_fit()
        options = {
            "iss": {"essential": True, "value": self._metadata(http)["issuer"]},
            "aud": {"essential": True, "value": self._settings.client_id},
        }
        params = {"nonce": nonce, "client_id": self._settings.client_id, **_access(token)}
        try:
            read = self._decoded(http, text)
            claims = CodeIDToken(read.claims, read.header, options, params)
            claims.validate(int(now.timestamp()), LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError):
            _does_not_fit()
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            _does_not_fit()
        return dict(claims)

    def _decoded(self, http: httpx.Client, text: str) -> jwt.Token:
        """The token with its signature proved; keys are fetched anew once when none fits."""
        if self._keys is not None:
            try:
                return jwt.decode(text, self._keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                self._keys = None
        place = str(self._metadata(http).get("jwks_uri"))
        found: Any = self._json(http, place)
        self._keys = KeySet.import_key_set(found)
        return jwt.decode(text, self._keys, algorithms=ALGORITHMS)

    def _userinfo(
        self, http: httpx.Client, token: Mapping[str, Any], subject: str
    ) -> dict[str, Any]:
        """What else the provider says of the same person, where the id token has no address."""
        place = self._metadata(http).get("userinfo_endpoint")
        if not place or not isinstance(token.get("access_token"), str):
            return {}
        found = self._json(http, str(place), {"Authorization": f"Bearer {token['access_token']}"})
        return dict(found) if found.get("sub") == subject else {}

    def _claims(self, said: Mapping[str, Any]) -> Claims:
        groups = said.get(self._settings.groups_claim)
        listed = groups if isinstance(groups, list) else []
        verified = said.get("email_verified")
        return Claims(
            issuer=str(said["iss"]),
            subject=said["sub"][:LONGEST_TEXT],
            email=_text(said.get("email")),
            verified=verified if isinstance(verified, bool) else _spelled(verified),
            name=_text(said.get("name")),
            groups=tuple(_text(each) for each in listed[:MOST_GROUPS] if isinstance(each, str)),
        )

    def _client(self, http: httpx.Client, back: str) -> OAuth2Client:
        return OAuth2Client(
            http,
            client_id=self._settings.client_id,
            scope="openid email profile",
            redirect_uri=back,
            code_challenge_method="S256",
        )

    @staticmethod
    def _http() -> httpx.Client:
        return httpx.Client(timeout=SECONDS, trust_env=False, verify=_trusted())

    def _metadata(self, http: httpx.Client) -> Mapping[str, Any]:
        """What the provider says of itself, if it is the one that was named."""
        if self._known is not None and time.monotonic() - self._known[0] < KNOWN_FOR:
            return self._known[1]
        issuer = self._settings.issuer
        _safe(issuer)
        found = self._json(http, issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise _silent()
        for place in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _safe(str(found.get(place)))
        self._known = (time.monotonic(), found)
        return found

    def _json(
        self, http: httpx.Client, url: str, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        try:
            answer = http.get(url, headers=headers)
            answer.raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            raise _silent() from None
        if not isinstance(found, dict):
            raise _silent()
        return found


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates we trust, read once."""
    return httpx.create_ssl_context()


def _kept(keep: str, state: str) -> Mapping[str, str]:
    """What this browser kept, if it is the one that began; raises Denied."""
    try:
        found = json.loads(keep)
        fits = hmac.compare_digest(found["state"].encode(), state.encode())
        if fits and isinstance(found["nonce"], str) and isinstance(found["verifier"], str):
            return {key: found[key] for key in ("nonce", "verifier")}
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise Denied(
        "this sign-in was not begun in this browser",
        code="E622",
        hint="start it again from the sign-in page",
    )


def _access(token: Mapping[str, Any]) -> dict[str, str]:
    found = token.get("access_token")
    return {"access_token": found} if isinstance(found, str) else {}


def _text(value: object) -> str:
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""


def _spelled(value: object) -> bool | None:
    """Some providers write truth as text."""
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def _safe(url: str) -> None:
    """Only over HTTPS, except to a provider on this very machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise _silent()


def _silent() -> Unavailable:
    return Unavailable(
        "the sign-in provider does not answer as it should",
        code="E621",
        hint="try again; the operator checks `people.oidc` in `agora.yaml`",
    )


def _does_not_fit() -> NoReturn:
    raise Denied(
        "what the sign-in provider says does not hold",
        code="E624",
        hint="start again from the sign-in page",
    )
