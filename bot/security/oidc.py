"""Sign-in with an identity provider: OpenID Connect, authorization code flow with PKCE, state and nonce.

https://openid.net/specs/openid-connect-core-1_0.html, RFC 7636 (PKCE), RFC 9207 (issuer in the answer).
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.database import utcnow
from bot.security.encryption import DecryptionError, FieldCipher
from bot.security.errors import IdentityRefused
from bot.settings import Settings

logger = logging.getLogger(__name__)
CALLBACK = "/console/oidc/callback"
# Signatures made with a private key: a token signed with the client secret could be made by whoever holds that.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
METADATA_LIFETIME = timedelta(hours=1)
SIGN_IN_MINUTES = 10
LEEWAY_SECONDS = 60
NETWORK_SECONDS = 10.0
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Person:
    """Whom the provider vouches for, with the roles of ours that its claim is mapped to."""

    issuer: str
    subject: str
    username: str
    display_name: str
    roles: list[str]


@dataclass(frozen=True)
class _Note:
    """What the browser keeps, sealed, while it is at the provider; ``at`` in seconds of Unix time."""

    state: str
    nonce: str
    verifier: str
    next: str
    at: float


class IdentityProvider:
    """One provider, found by its issuer. Keeps nothing about a sign-in: the browser holds the sealed note."""

    def __init__(self, settings: Settings, notes: FieldCipher, now: Callable[[], datetime] = utcnow) -> None:
        parts = urlsplit(settings.oidc_issuer)
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
            raise ValueError("WENZHENG_OIDC_ISSUER must begin with https://")
        self._settings = settings
        self._notes = notes
        self._now = now
        self._known: tuple[datetime, dict[str, Any], KeySet] | None = None
        self.label = settings.oidc_label

    def begin(self, next_: str) -> tuple[str, str]:
        """Where to send the browser, and the note it keeps. Raises IdentityRefused when the provider is away."""
        metadata, _ = self._provider()
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        note = _Note(state, nonce, verifier, next_, self._now().timestamp())
        with self._client(metadata) as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=note.state, nonce=note.nonce, code_verifier=note.verifier
            )
        return str(address), self._notes.encrypt(json.dumps(asdict(note)))

    def finish(self, sealed: str, answer: Mapping[str, str]) -> tuple[Person, str]:
        """Who came back with this answer, and where they wanted to go. Raises IdentityRefused, saying why."""
        note = self._open(sealed)
        if not hmac.compare_digest(answer.get("state", "").encode(), note.state.encode()):
            raise IdentityRefused("over")
        if "error" in answer or "code" not in answer:
            logger.warning("the identity provider declined a sign-in: %s", answer.get("error", "no code"))
            raise IdentityRefused("declined")
        if answer.get("iss", self._issuer).rstrip("/") != self._issuer:
            raise IdentityRefused("unverified")
        metadata, _ = self._provider()
        return self._person(
            self._claims(self._id_token(metadata, answer["code"], note.verifier), note.nonce)
        ), note.next

    @property
    def _issuer(self) -> str:
        return self._settings.oidc_issuer.rstrip("/")

    def _open(self, sealed: str) -> _Note:
        try:
            note = _Note(**json.loads(self._notes.decrypt(sealed)))
        except (
            DecryptionError,
            UnicodeEncodeError,
            TypeError,
        ) as error:  # TypeError: the same key seals other notes too
            raise IdentityRefused("over") from error
        if self._now().timestamp() - note.at > SIGN_IN_MINUTES * 60:
            raise IdentityRefused("over")
        return note

    def _client(self, metadata: dict[str, Any]) -> OAuth2Client:
        secret = self._settings.oidc_client_secret.get_secret_value()
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        with_secret = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Client(
            self._settings.oidc_client_id,
            secret or None,
            token_endpoint_auth_method=with_secret if secret else "none",
            scope=self._settings.oidc_scopes,
            redirect_uri=self._settings.base_url + CALLBACK,
            code_challenge_method="S256",
            timeout=NETWORK_SECONDS,
        )

    def _id_token(self, metadata: dict[str, Any], code: str, verifier: str) -> str:
        try:
            with self._client(metadata) as client:
                token = client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier)
        except httpx.HTTPError as error:
            logger.warning("the identity provider is away: %s", error)
            raise IdentityRefused("away") from error
        except (AuthlibBaseError, ValueError) as error:
            logger.warning("the identity provider gave no token: %s", error)
            raise IdentityRefused("unverified") from error
        return str(token.get("id_token", ""))

    def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._known_issuer()},
            aud={"essential": True, "value": self._settings.oidc_client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            claims = self._decoded(id_token)
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            logger.warning("an ID token was refused: %s", error)
            raise IdentityRefused("unverified") from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self._settings.oidc_client_id) != self._settings.oidc_client_id:
            raise IdentityRefused("unverified")
        return claims

    def _decoded(self, id_token: str) -> dict[str, Any]:
        _, keys = self._provider()
        try:
            return jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            self._known = None  # the provider may have changed its keys
            _, keys = self._provider()
            return jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims

    def _person(self, claims: dict[str, Any]) -> Person:
        given = claims.get(self._settings.oidc_roles_claim)
        listed = given if isinstance(given, list) else [given]
        values = [one for one in listed if isinstance(one, str)]
        roles = [role for value in values for role in self._settings.oidc_roles.get(value, [])]
        username = next((str(claims[key]) for key in ("preferred_username", "email") if claims.get(key)), "")
        return Person(
            issuer=self._issuer,
            subject=str(claims["sub"]),
            username=username,
            display_name=str(claims.get("name") or username),
            roles=list(dict.fromkeys(roles)),
        )

    def _known_issuer(self) -> str:
        return str(self._provider()[0]["issuer"])

    def _provider(self) -> tuple[dict[str, Any], KeySet]:
        """Discovery document and keys, read again after an hour."""
        if self._known is None or self._now() - self._known[0] > METADATA_LIFETIME:
            try:
                with httpx.Client(timeout=NETWORK_SECONDS, follow_redirects=False) as client:
                    document = client.get(f"{self._issuer}/.well-known/openid-configuration").raise_for_status().json()
                    metadata = self._checked(document)
                    keys = KeySet.import_key_set(client.get(metadata["jwks_uri"]).raise_for_status().json())
            except (httpx.HTTPError, httpx.InvalidURL, KeyError, TypeError, ValueError, JoseError) as error:
                logger.warning("the identity provider cannot be reached or understood: %s", error)
                raise IdentityRefused("away") from error
            self._known = self._now(), metadata, keys
        return self._known[1], self._known[2]

    def _checked(self, document: Any) -> dict[str, Any]:
        """The discovery document, if it is this issuer's and says where to go; KeyError, TypeError or ValueError if not."""
        metadata: dict[str, Any] = dict(document)
        if str(metadata["issuer"]).rstrip("/") != self._issuer:
            raise ValueError(f"the document is of another issuer: {metadata['issuer']}")
        missing = [one for one in ENDPOINTS if not isinstance(metadata.get(one), str)]
        if missing:
            raise ValueError(f"the document names no {', '.join(missing)}")
        return metadata
