"""Signing in with a provider: a real one, and what becomes of answers that do not hold."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc.jwk import OctKey

from agora.app.settings import Secret
from agora.backends.people.oidc import OidcProvider
from agora.model.account import Claims, Oidc
from agora.model.errors import AgoraError
from tests.trials.people.providers import BACK, consent, key

SECRET = "client-secret-7d1f2b33-long-enough-for-a-key"


def opened(issuer, secret=SECRET, **more):
    return OidcProvider(Oidc(issuer=issuer, client_id="agora", **more), Secret(secret))


def now():
    return datetime.now(UTC)


def refused(code, provider, params, keep, back=BACK):
    with pytest.raises(AgoraError) as caught:
        provider.finish(params, keep, back, now())
    assert caught.value.code_shown == code
    return caught.value


def gone(liar, **more):
    """A provider somebody has left for, what comes back from there, and what the browser keeps."""
    provider = opened(liar.issuer, **more)
    leaving = provider.start(BACK)
    kept = json.loads(leaving.keep)
    liar.said["nonce"] = kept["nonce"]
    return provider, {"code": "c", "state": kept["state"]}, leaving.keep


def test_a_real_provider_says_who_came(issuer):
    provider = opened(issuer)
    leaving = provider.start(BACK)
    found = provider.finish(consent(leaving.url, sub="u-ana"), leaving.keep, BACK, now())
    assert found == Claims(
        issuer=issuer,
        subject="u-ana",
        email="ana@example.org",
        verified=True,
        name="Ana Ruiz",
        groups=("sellers", "chess club"),
    )


def test_the_question_carries_state_nonce_and_a_challenge(issuer):
    provider = opened(issuer)
    leaving, another = provider.start(BACK), provider.start(BACK)
    asked = dict(parse_qsl(urlsplit(leaving.url).query))
    kept = json.loads(leaving.keep)
    challenge = hashlib.sha256(kept["verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(challenge).decode().rstrip("=")
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert (asked["state"], asked["nonce"]) == (kept["state"], kept["nonce"])
    assert not set(kept.values()) & set(json.loads(another.keep).values())
    assert SECRET not in leaving.url


@pytest.mark.parametrize("change", ["state", "nothing", "words", "list", "number"])
def test_an_answer_to_another_browsers_question_is_refused(issuer, change):
    provider = opened(issuer)
    leaving = provider.start(BACK)
    keep = {
        "state": provider.start(BACK).keep,
        "nothing": "",
        "words": "not json",
        "list": "[]",
        "number": json.dumps({"state": 5}),
    }[change]
    refused("E622", provider, consent(leaving.url, sub="u-ana"), keep)


def test_an_answer_with_another_nonce_is_refused(issuer):
    provider = opened(issuer)
    leaving = provider.start(BACK)
    kept = {**json.loads(leaving.keep), "nonce": "another"}
    refused("E624", provider, consent(leaving.url, sub="u-ana"), json.dumps(kept))


def test_a_code_is_good_once_and_only_where_it_was_sent(issuer):
    provider = opened(issuer)
    leaving = provider.start(BACK)
    params = consent(leaving.url, sub="u-ana")
    refused("E624", provider, params, leaving.keep, back="http://evil.example.org")
    leaving = provider.start(BACK)
    params = consent(leaving.url, sub="u-ana")
    provider.finish(params, leaving.keep, BACK, now())
    refused("E624", provider, params, leaving.keep)
    invented = {**params, "code": "invented"}
    problem = refused("E624", provider, invented, leaving.keep)
    assert SECRET not in str(vars(problem))


def test_who_says_no_at_the_provider_is_told_so(issuer):
    provider = opened(issuer)
    leaving = provider.start(BACK)
    state = json.loads(leaving.keep)["state"]
    refused("E623", provider, {"error": "access_denied", "state": state}, leaving.keep)
    refused("E623", provider, {"state": state}, leaving.keep)


def test_the_verifier_and_the_client_go_to_the_provider_and_nowhere_else(liar):
    provider, params, keep = gone(liar)
    provider.finish(params, keep, BACK, now())
    body, authorization = liar.asked[0]
    basic = base64.b64decode(authorization.removeprefix("Basic ")).decode()
    assert basic == f"agora:{SECRET}"
    assert body["code_verifier"] == json.loads(keep)["verifier"]
    assert (body["code"], body["redirect_uri"]) == ("c", BACK)


@pytest.mark.parametrize(
    ("secret", "ways", "shown"),
    [
        ("", ["none"], {"client_id": "agora"}),
        (SECRET, ["client_secret_post"], {"client_id": "agora", "client_secret": SECRET}),
    ],
)
def test_a_client_shows_itself_as_the_provider_wants(liar, secret, ways, shown):
    places = liar.answer("/.well-known/openid-configuration")
    liar.answers["/.well-known/openid-configuration"] = {
        **places,
        "token_endpoint_auth_methods_supported": ways,
    }
    provider, params, keep = gone(liar, secret=secret)
    provider.finish(params, keep, BACK, now())
    body, authorization = liar.asked[0]
    assert {name: body.get(name) for name in shown} == shown
    assert authorization == ""


@pytest.mark.parametrize(
    "said",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": ["agora", "another-client"]},
        {"aud": "another-client", "azp": "agora"},
        {"aud": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": None},
        {"nbf": 4_000_000_000},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"azp": "another-client"},
        {"at_hash": "AAAA"},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_is_refused(liar, said):
    provider, params, keep = gone(liar)
    liar.said |= said
    refused("E624", provider, params, keep)


def test_a_token_in_order_is_accepted(liar):
    provider, params, keep = gone(liar)
    assert provider.finish(params, keep, BACK, now()).subject == "u-ana"


def test_a_token_that_another_signed_is_refused(liar):
    provider, params, keep = gone(liar)
    liar.sign = lambda claims: liar.signed(claims, key("another's"))
    refused("E624", provider, params, keep)


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_a_token_that_needs_no_key_of_the_provider_is_refused(liar, algorithm):
    provider, params, keep = gone(liar)
    mine = OctKey.import_key(SECRET)
    if algorithm == "none":
        parts = [
            base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
            for part in ({"alg": "none"}, liar.claims())
        ]
        liar.sign = lambda _: ".".join((*parts, ""))
    else:
        liar.sign = lambda claims: liar.signed(claims, mine, alg=algorithm)
    refused("E624", provider, params, keep)


def test_keys_may_change(liar):
    provider, params, keep = gone(liar)
    provider.finish(params, keep, BACK, now())
    liar.key = key("two")
    liar.sign = lambda claims: liar.signed(claims, kid="two")
    assert provider.finish(params, keep, BACK, now()).subject == "u-ana"


@pytest.mark.parametrize("given", [b"not json", [], {"error": "invalid_grant"}, {"id_token": 7}])
def test_nonsense_instead_of_a_token_is_refused(liar, given):
    provider, params, keep = gone(liar)
    liar.answers["/token"] = given
    refused("E624", provider, params, keep)


def test_an_answer_of_another_issuer_is_refused(liar):
    provider, params, keep = gone(liar)
    refused("E624", provider, {**params, "iss": "https://other.example"}, keep)
    assert provider.finish({**params, "iss": liar.issuer}, keep, BACK, now())


def test_an_address_may_stand_beside_the_token_if_it_is_the_same_persons(liar):
    provider, params, keep = gone(liar)
    liar.said |= {"email": None, "email_verified": None}
    found = provider.finish(params, keep, BACK, now())
    assert (found.email, found.verified) == ("ana@example.org", True)
    for given in ({"sub": "u-eve", "email": "eve@example.org"}, {}):
        liar.answers["/userinfo"] = given
        assert provider.finish(params, keep, BACK, now()).email == ""
    liar.answers["/token"] = {"id_token": liar.sign(liar.claims())}
    liar.answers.pop("/userinfo")
    assert provider.finish(params, keep, BACK, now()).email == ""


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"groups": "sellers"}, ()),
        ({"groups": ["sellers", 7, None]}, ("sellers",)),
        ({"groups": ["x" * 1000]}, ("x" * 320,)),
        ({"groups": {"sellers": True}}, ()),
    ],
)
def test_groups_are_a_list_of_texts_or_none(liar, said, found):
    provider, params, keep = gone(liar)
    liar.said |= said
    assert provider.finish(params, keep, BACK, now()).groups == found


@pytest.mark.parametrize(
    ("given", "verified"),
    [(True, True), (False, False), ("true", True), ("false", False), (None, None), ("yes", None)],
)
def test_an_address_is_verified_only_when_it_is_said(liar, given, verified):
    provider, params, keep = gone(liar)
    liar.said |= {"email_verified": given}
    assert provider.finish(params, keep, BACK, now()).verified is verified


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://evil.example.org/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
        b"not json",
        [],
    ],
    ids=str,
)
def test_a_provider_that_is_not_the_one_named_is_not_asked(liar, change):
    places = liar.answer("/.well-known/openid-configuration")
    given = {**places, **change} if isinstance(change, dict) else change
    liar.answers["/.well-known/openid-configuration"] = given
    with pytest.raises(AgoraError) as caught:
        opened(liar.issuer).start(BACK)
    assert caught.value.code_shown == "E621"


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9", "http://id.example.org", "ftp://x"])
def test_a_provider_that_is_not_there_or_not_safe_is_told_without_details(issuer):
    with pytest.raises(AgoraError) as caught:
        opened(issuer).start(BACK)
    assert caught.value.code_shown == "E621"
    assert issuer not in caught.value.sentence


def test_a_provider_that_falls_silent_half_way_is_told_as_such(liar):
    provider, params, keep = gone(liar)
    places = dict(liar.answer("/.well-known/openid-configuration"))
    places["token_endpoint"] = "http://127.0.0.1:9/token"
    provider._known = (provider._known[0], places)
    refused("E621", provider, params, keep)


def test_the_secret_never_prints(liar):
    provider = opened(liar.issuer)
    assert SECRET not in repr(provider) + repr(vars(provider))
    assert replace(provider._settings, client_secret="${env:X}").client_secret == "${env:X}"
