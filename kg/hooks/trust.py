"""Whose requests are answered: clients whose keys whoever runs the server has given.

A client signs a token for each request (CDS Hooks 2.0, *Trusting CDS Clients*). Its keys are in a
file beside the server: none is fetched, whatever the token says. Without keys everybody is
answered, as for every other question to the graph.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from heapq import heappop, heappush
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.model.errors import UsageError

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS: Final = ("ES384", "RS384")
"""Those that the specification recommends; none with a secret that both sides know."""
_LONGEST: Final = 300
"""Seconds that a token may be valid for."""
_LEEWAY: Final = 30
"""Seconds that the clock of a client may be off."""
_REMEMBERED: Final = 100_000
"""Tokens that are still valid: those of 50 requests a second for half an hour."""
_PARTS: Final = 3
_WANTED: Final = 'wanted: {"https://ehr.example.org": {"keys": [ … its public keys as JWK … ]}}'


class UntrustedError(UsageError):
    """A request that no known client has signed."""


@dataclass(eq=False)
class HookClients:
    """The public keys of each client by its issuer, and the tokens that were used."""

    keys: Mapping[str, KeySet]
    used: set[bytes] = field(default_factory=set)
    """The tokens that were used and may still be valid, each as a digest of issuer and id."""
    ending: list[tuple[float, bytes]] = field(default_factory=list)
    """A heap of the same, by when they end."""

    def take(self, token: str, ends: float, now: float) -> bool:
        """Whether a token was not used before; it is from now on.

        UntrustedError where no more can be remembered: what is forgotten could be sent again.
        """
        while self.ending and self.ending[0][0] < now:
            self.used.discard(heappop(self.ending)[1])
        digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        if digest in self.used:
            return False
        if len(self.used) >= _REMEMBERED:
            raise UntrustedError("too many tokens are still valid; wanted: some patience.")
        self.used.add(digest)
        heappush(self.ending, (ends + _LEEWAY, digest))
        return True


def read_clients(path: Path) -> HookClients:
    """The clients of a file: an object with a JWK Set for each issuer; UsageError otherwise."""
    try:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
    except ImportError:
        raise UsageError(
            'keys of clients need the extra hooks: pip install "etiograph[hooks]".'
        ) from None
    try:
        found = json.loads(path.read_text("utf-8"))
        keys = {issuer: KeySet.import_key_set(value) for issuer, value in found.items()}
    except (OSError, ValueError, AttributeError, TypeError, KeyError, JoseError):
        raise UsageError(f"{path}: not the keys of clients; {_WANTED}.") from None
    every = [key for each in keys.values() for key in each.keys]
    if not every or any(key.is_private or key.key_type == "oct" for key in every):
        raise UsageError(f"{path}: not public keys alone; {_WANTED}.")
    return HookClients(keys)


def check_token(authorization: str, clients: HookClients | None, audience: str) -> None:
    """UntrustedError where keys are given and no client of them has signed for this audience."""
    if clients is None:
        return
    scheme, _, token = authorization.partition(" ")
    if scheme.casefold() != "bearer" or not token.strip():
        raise UntrustedError("no token; wanted: Authorization: Bearer, and a JWT of the client.")
    claims = _signed_claims(clients, token.strip())
    now = time.time()
    _check_claims(claims, audience, now)
    if not clients.take(f"{claims['iss']} {claims['jti']}", float(claims["exp"]), now):
        raise UntrustedError("the token was used before; wanted: one with a jti of its own.")


def _signed_claims(clients: HookClients, token: str) -> Mapping[str, Any]:
    """What a token says that a key of its issuer has signed."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    issuer = _issuer(token)
    if issuer not in clients.keys:
        raise UntrustedError("iss: no client whose keys are known here.")
    try:
        return jwt.decode(token, clients.keys[issuer], algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError):
        raise UntrustedError(
            f"the token is not signed by its issuer, with {' or '.join(ALGORITHMS)}."
        ) from None


def _issuer(token: str) -> str:
    """Who a token says has signed it; empty where it says nobody."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        return ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return ""
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    return issuer if isinstance(issuer, str) else ""


def _check_claims(claims: Mapping[str, Any], audience: str, now: float) -> None:
    """UntrustedError where a token is of another time, or for another service."""
    said = claims.get("aud")
    if audience not in (said if isinstance(said, list) else [said]):
        raise UntrustedError(f"aud: wanted {audience}.")
    times = [claims.get(name) for name in ("iat", "exp")]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in times):
        raise UntrustedError("iat and exp: wanted seconds since 1970.")
    begun, ends = (float(each or 0) for each in times)
    if not begun - _LEEWAY <= now < ends + _LEEWAY or ends - begun > _LONGEST:
        raise UntrustedError(f"iat and exp: not valid now, or for more than {_LONGEST} s.")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise UntrustedError("jti: wanted an id that no other token of the client has.")
