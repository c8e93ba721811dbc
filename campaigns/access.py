"""Who may do what at the desk, by the roles that somebody has in each campaign. The one table of it."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Model

from .models import Campaign, Membership, Role

OWNER, REVIEWER, TRANSLATOR = Role.OWNER, Role.REVIEWER, Role.TRANSLATOR
OWNERS, DECIDERS, WRITERS = {OWNER}, {OWNER, REVIEWER}, {OWNER, TRANSLATOR}

# By model and action, the roles that may. What is not named here only a site administrator may.
ROLES: dict[str, dict[str, set[Role]]] = {
    "campaign": {"view": DECIDERS, "add": OWNERS, "change": OWNERS, "delete": OWNERS},
    "demand": {"view": DECIDERS, "add": OWNERS, "change": OWNERS, "delete": OWNERS},
    "translation": {"view": WRITERS, "add": OWNERS, "change": WRITERS, "delete": OWNERS},
    "demandtranslation": {"view": WRITERS, "add": WRITERS, "change": WRITERS, "delete": WRITERS},
    "invitation": {"view": DECIDERS, "add": DECIDERS, "change": DECIDERS},
    "signature": {"view": DECIDERS, "add": DECIDERS, "change": DECIDERS},
    "organization": {"view": DECIDERS, "add": DECIDERS, "change": DECIDERS},
    "organizationname": {"view": DECIDERS, "add": DECIDERS, "change": DECIDERS, "delete": DECIDERS},
    "importbatch": {"view": DECIDERS, "add": DECIDERS},
    "delivery": {"view": OWNERS, "change": OWNERS},
    "deliveryrecipient": {"view": OWNERS, "change": OWNERS},
    "update": {"view": OWNERS, "add": OWNERS, "change": OWNERS, "delete": OWNERS},
    "updatetext": {"view": OWNERS, "add": OWNERS, "change": OWNERS, "delete": OWNERS},
    "remark": {"view": DECIDERS, "change": OWNERS},
    "report": {"view": DECIDERS, "change": DECIDERS},
    "event": {"view": DECIDERS},
}


class RoleBackend(AuthenticationBackend):
    """Signs in as allauth does, and takes permissions from memberships alone. Without a row they mean: in some
    campaign."""

    def get_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """None: what may be done hangs on the row, so it cannot be listed."""
        return set()

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        app, _dot, code = perm.partition(".")
        action, _underscore, model = code.partition("_")
        if app != "campaigns" or not (user_obj.is_active and user_obj.is_staff):
            return False
        return any(covers(each, obj) for each in memberships(user_obj, model, action))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return app_label == "campaigns" and user_obj.is_active and bool(roles_of(user_obj))


def roles_of(user: Any) -> list[Membership]:
    """The person's roles in all campaigns. They are read once for each request."""
    if not hasattr(user, "_roles_at_the_desk"):
        user._roles_at_the_desk = list(Membership.objects.filter(user=user))
    known: list[Membership] = user._roles_at_the_desk
    return known


def memberships(user: Any, model: str, action: str) -> list[Membership]:
    """The person's roles that may do that with rows of the model."""
    roles = roles_that_may(model, action)
    return [each for each in roles_of(user) if each.role in roles]


def roles_that_may(model: str, action: str) -> set[Role]:
    return ROLES.get(model, {}).get(action, set())


def covers(membership: Membership, row: Model | None) -> bool:
    """Whether the row lies in the member's campaign and, for a translator, in the member's language.

    A row of no campaign, such as an organization, lies in every one.
    """
    if row is None or row.pk is None:
        return True
    campaign = row.pk if isinstance(row, Campaign) else getattr(row, "campaign_id", None)
    if campaign not in {None, membership.campaign_id}:
        return False
    return membership.role != TRANSLATOR or getattr(row, "language", "") == membership.language
