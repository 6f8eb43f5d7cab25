"""How a server is run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.sandbox.jail import Jail
from kg.sandbox.queue import Sizes
from kg.serve.http.limits import Limits

if TYPE_CHECKING:
    from kg.hooks.trust import HookClients

_CACHE_BYTES: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server is run; the command line says it."""

    public_url: str = "http://127.0.0.1:8000"
    """Where clients find the server, without a slash at the end."""
    hosts: frozenset[str] = frozenset()
    """Names under which it may be asked for, besides its own and those of this machine."""
    sizes: Sizes = field(default_factory=Sizes)
    jail: Jail = field(default_factory=Jail)
    limits: Limits = field(default_factory=Limits)
    cache_bytes: int = _CACHE_BYTES
    access_log: bool = True
    texts: bool = False
    """Whether the operator's own copies of documents are shown beside statements."""
    origins: frozenset[str] = frozenset()
    """Sites whose pages may send cases, besides the server's own."""
    hook_clients: HookClients | None = None
    """The clients that hooks are answered for; None is everybody."""
    redirect: bool = False
    """Whether the IRI of a thing is answered with 303 and the address of its description."""
