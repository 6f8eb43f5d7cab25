"""A request of a client, read and checked; whatever else stands in it is dropped unread.

Nothing that was sent is repeated in what is said of it.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Raw, Struct

from kg.model.errors import UsageError

PATIENT_VIEW: Final = "patient-view"
ORDER_SELECT: Final = "order-select"
ORDER_SIGN: Final = "order-sign"
NONE: Final = Raw(b"null")
_MOST: Final = 50
"""So many orders of one request are checked."""


class Context(Struct, kw_only=True, rename="camel"):
    """What the user is doing."""

    user_id: str
    patient_id: str
    selections: tuple[str, ...] = ()
    """The orders that were just selected, as Type/id."""
    draft_orders: Raw = NONE
    """A Bundle with the orders that are being written."""


class HookRequest(Struct, kw_only=True, rename="camel"):
    """A request; the address and the token of the client's FHIR server are not among its fields."""

    hook: str
    hook_instance: str
    context: Context
    prefetch: dict[str, Raw] = {}


class WrongRequestError(UsageError):
    """A request that is not as CDS Hooks has it."""


def read_request(body: bytes, hook: str) -> HookRequest:
    """The request for a hook; WrongRequestError with the place and what is wanted there."""
    try:
        found = msgspec.json.decode(body, type=HookRequest)
    except msgspec.ValidationError as error:
        raise WrongRequestError(f"the request: {error}.") from None
    except msgspec.DecodeError:
        raise WrongRequestError("the body is not JSON; wanted: the request of a hook.") from None
    if found.hook != hook:
        raise WrongRequestError(f"hook: not the hook of this service; wanted: {hook}.")
    if not found.hook_instance.strip():
        raise WrongRequestError("hookInstance: empty; wanted: the UUID of this call.")
    _check_context(found.context, hook)
    return found


def _check_context(context: Context, hook: str) -> None:
    if not context.patient_id.strip() or "/" in context.patient_id:
        raise WrongRequestError(
            'context.patientId: wanted an id alone, such as "1288992", without its type.'
        )
    if "/" not in context.user_id:
        raise WrongRequestError('context.userId: wanted type and id, such as "Practitioner/abc".')
    if hook == PATIENT_VIEW:
        return
    if bytes(context.draft_orders).strip() == b"null":
        raise WrongRequestError("context.draftOrders: missing; wanted: a Bundle of draft orders.")
    if hook == ORDER_SELECT:
        _check_selections(context.selections)


def _check_selections(selections: tuple[str, ...]) -> None:
    if not selections:
        raise WrongRequestError("context.selections: empty; wanted: what was selected.")
    if len(selections) > _MOST:
        raise WrongRequestError(f"context.selections: at most {_MOST} are checked at once.")
    if not all(kind and name for kind, _, name in (each.partition("/") for each in selections)):
        raise WrongRequestError(
            'context.selections: wanted type and id of each, such as "MedicationRequest/abc".'
        )
