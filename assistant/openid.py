"""What an identity provider says of a person, and whether it may be believed: OpenID Connect Core 1.0, section 3.1.3.7.

No input or output here: keys, the token and what was expected of it come in, claims go out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeGuard

import msgspec

from assistant.store import Role

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
"""Signatures that are made with a key of which only one half is public. Never ``none``, never one with a shared secret:
there, whoever knows the public key could sign."""

LEEWAY_S: Final = 60
"""How many seconds two clocks may be apart."""

LONGEST_TOKEN: Final = 32 * 1024
LONGEST_SUBJECT: Final = 255
FEWEST_RSA_BITS: Final = 2048

Claims = Mapping[str, Any]


class TokenError(Exception):
    """A token that is not to be believed; the text says why, for the log, without anything that stands in it."""


class UnknownKeyError(TokenError):
    """The token is signed with a key that is not among those known: there may be a new one."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a token must agree with. ``acr`` and ``amr``: one of these must be there, if any are given."""

    issuer: str
    client_id: str
    nonce: str
    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()


def key_set(document: Any) -> KeySet:
    """The public keys of a JSON Web Key Set (RFC 7517) that can verify signatures. Raises TokenError if there is none.

    Keys of kinds that are not understood, secret ones and weak ones are left out."""
    from joserfc.errors import JoseError  # noqa: PLC0415 - an optional part
    from joserfc.jwk import JWKRegistry, KeySet, RSAKey  # noqa: PLC0415

    found = []
    for one in document.get("keys", ()) if isinstance(document, dict) else ():
        if not isinstance(one, dict) or one.get("kty") not in ("RSA", "EC", "OKP") or one.get("use", "sig") != "sig":
            continue
        try:
            key = JWKRegistry.import_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if not isinstance(key, RSAKey) or key.public_key.key_size >= FEWEST_RSA_BITS:
            found.append(key)
    if not found:
        raise TokenError("the provider has no key that could be used")
    return KeySet(found)


def claims_of(token: str, keys: KeySet, expected: Expected, now: float) -> dict[str, Any]:
    """The claims of an ID token that is to be believed at this moment (unix seconds). Raises TokenError."""
    from joserfc import jwt  # noqa: PLC0415 - an optional part
    from joserfc.errors import InvalidKeyIdError, JoseError, SecurityWarning  # noqa: PLC0415

    if len(token) > LONGEST_TOKEN:
        raise TokenError("the token is too long")
    try:
        with warnings.catch_warnings():
            # Of EdDSA only the name is deprecated (RFC 9864), and providers go on using it.
            warnings.simplefilter("ignore", SecurityWarning)
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except InvalidKeyIdError:
        raise UnknownKeyError("the token is signed with an unknown key") from None
    except (JoseError, ValueError, TypeError, KeyError) as error:
        # Not chained, and only its kind: a message may hold parts of the token.
        raise TokenError(f"the token cannot be verified: {type(error).__name__}") from None
    _times(claims, now)
    _parties(claims, expected)
    if not hmac.compare_digest(_text(claims, "nonce").encode(), expected.nonce.encode()):
        raise TokenError("the nonce is not the one of this login")
    if expected.acr and _text(claims, "acr") not in expected.acr:
        raise TokenError("acr is not what openid_acr asks for")
    if expected.amr and not set(expected.amr) & set(_texts(claims.get("amr"))):
        raise TokenError("amr holds nothing of what openid_amr asks for")
    return claims


def _times(claims: Claims, now: float) -> None:
    expires, issued, starts = (claims.get(name) for name in ("exp", "iat", "nbf"))
    if not _is_number(expires) or expires <= now - LEEWAY_S:
        raise TokenError("the token has expired, or does not say when it does")
    if not _is_number(issued) or issued > now + LEEWAY_S:
        raise TokenError("the token was issued in the future, or does not say when")
    if starts is not None and (not _is_number(starts) or starts > now + LEEWAY_S):
        raise TokenError("the token does not hold yet")


def _is_number(value: Any) -> TypeGuard[float]:
    # NaN is neither less nor more than anything, so it must not get to a comparison.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _parties(claims: Claims, expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise TokenError("the token is from another issuer")
    audience = claims.get("aud")
    for_whom = [audience] if isinstance(audience, str) else audience
    if not isinstance(for_whom, list) or expected.client_id not in for_whom:
        raise TokenError("the token is for another client")
    party = claims.get("azp", expected.client_id if len(for_whom) == 1 else None)
    if party != expected.client_id:
        raise TokenError("the token was issued to another party")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise TokenError("the token does not say who it is about")


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name, "")
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    """A claim that may be one text or several."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str)]


# -- who that is at the office -----------------------------------------------------------------------------------------


def claim(claims: Claims, path: str) -> Any:
    """A claim by its name, or by a path of names with dots between (``realm_access.roles``); None if it is missing."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            return None
        found = found[name]
    return found


def name_in(claims: Claims, path: str) -> str:
    """What the person is called at the office; empty if it is not told, or is an e-mail address nobody has verified."""
    found = claim(claims, path)
    if path == "email" and claims.get("email_verified") is False:
        return ""
    return found.strip() if isinstance(found, str) else ""


def role_in(claims: Claims, path: str, roles: Mapping[str, Role]) -> Role | None:
    """The role that somebody has by these claims, the one that may do most; None if none of theirs is known here."""
    theirs = {roles[one] for one in _texts(claim(claims, path)) if one in roles}
    order: Sequence[Role] = ("admin", "lead", "caseworker")
    return next((role for role in order if role in theirs), None)


def unit_in(claims: Claims, path: str) -> str:
    """The unit that somebody works in; the first one, if several are told."""
    found = _texts(claim(claims, path))
    return " ".join(found[0].split())[:100] if found else ""


def subject_of(claims: Claims) -> str:
    """Issuer and subject, which together name a person for ever (OpenID Connect Core, section 5.7)."""
    return f"{claims['iss']} {claims['sub']}"


def challenge(verifier: str) -> str:
    """What is told beforehand of a secret that is shown later (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
