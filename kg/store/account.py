"""Who asks a store: a name with a password, a token, or nobody; nothing secret is ever shown."""

from __future__ import annotations

import base64
import http.client
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlsplit

from kg.model.errors import StoreAccessError, UsageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_UNSAID: Final = ("Connection", b"Connection")
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Account:
    """Credentials for one store."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.token and self.user:
            raise UsageError("a token and a user are given; wanted: one of them.")
        if not (self.token + self.password + self.user).isprintable():
            raise UsageError("credentials hold a character that no header can carry.")

    def __bool__(self) -> bool:
        return bool(self.user or self.token)

    @property
    def shown(self) -> str:
        """The account as messages name it."""
        return f"the user {self.user}" if self.user else "the token"

    def sign(self, request: urllib.request.Request) -> None:
        """Put a token on a request; a password goes out only when the store asks for it."""
        if self.token:
            checked(request.full_url)
            # Not sent on when the store sends the request elsewhere.
            request.add_unredirected_header("Authorization", f"Bearer {self.token}")


def checked(url: str) -> None:
    """StoreAccessError where a secret would go over an open line to another machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise StoreAccessError(
            f"the token or password for {parts.hostname} would travel in the clear; wanted: https."
        )


def opener(account: Account, url: str) -> urllib.request.OpenerDirector:
    """What opens one address: with the password where the store asks for it, and no redirects."""
    handlers: list[urllib.request.BaseHandler] = [_Stay(), _Http(), _Https()]
    if account.user:
        known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, url, account.user, account.password)
        handlers.append(_Password(known))
    return urllib.request.build_opener(*handlers)


class _HttpConnection(http.client.HTTPConnection):
    """Does not say `Connection: close`, after which some stores end a reply without a mark.

    Without a mark nobody could tell a whole reply from one that was cut.
    """

    def putheader(self, header: str | bytes, *values: ReadableBuffer | str | int) -> None:
        """Send a header, unless it is that one."""
        if header not in _UNSAID:
            super().putheader(header, *values)


class _HttpsConnection(http.client.HTTPSConnection):
    """The same on a line that nobody else can read."""

    def putheader(self, header: str | bytes, *values: ReadableBuffer | str | int) -> None:
        """Send a header, unless it is that one."""
        if header not in _UNSAID:
            super().putheader(header, *values)


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_HttpConnection, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_HttpsConnection, req)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a POST would become a GET, and its query would be lost on the way."""

    def redirect_request(self, *_: object) -> None:
        """No request: the reply stays the redirect that it is."""


class _Password(urllib.request.AbstractDigestAuthHandler, urllib.request.BaseHandler):
    """Answers a Digest challenge, or else a Basic one; the password is tried once."""

    auth_header = "Authorization"
    handler_order = 490

    def __init__(self, known: urllib.request.HTTPPasswordMgr) -> None:
        super().__init__(known)
        self.known = known

    def http_error_401(
        self, req: urllib.request.Request, fp: IO[bytes], _code: int, _msg: str, headers: Message
    ) -> object:
        """The reply to the request with the password, or None where that was refused."""
        offered: list[str] = headers.get_all("WWW-Authenticate", [])
        digest = next((each for each in offered if each.lower().startswith("digest ")), None)
        basic = any(each.lower().startswith("basic") for each in offered)
        if req.has_header(self.auth_header) or not (digest or basic):
            return None
        fp.close()
        if digest:
            return self._with_digest(req, digest)
        checked(req.full_url)
        known, password = self.known.find_user_password("", req.full_url)
        pair = base64.b64encode(f"{known}:{password}".encode()).decode("ascii")
        req.add_unredirected_header(self.auth_header, f"Basic {pair}")
        return self.parent.open(req, timeout=req.timeout)

    def _with_digest(self, req: urllib.request.Request, challenge: str) -> object:
        try:
            return self.retry_http_digest_auth(req, challenge)
        except ValueError as error:
            raise StoreAccessError(f"the store wants what is not spoken here: {error}.") from None
