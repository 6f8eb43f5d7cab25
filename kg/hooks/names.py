"""The names of the jobs: all that a server has to know which leaves the rest to other processes."""

from __future__ import annotations

from typing import Final

DISCOVER: Final = "hook_services"
CALL: Final = "hook"
