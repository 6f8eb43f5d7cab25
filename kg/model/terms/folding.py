"""How names are compared: without case, spaces, hyphens and apostrophes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_DROPPED: Final = re.compile(r"[\s\-‐-―−'`´’‘ʼ′]+")  # noqa: RUF001


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text as names are compared: no case, spaces, hyphens or apostrophes."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold())
