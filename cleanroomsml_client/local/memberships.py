"""Which accounts are members of which collaboration."""

from collections.abc import Collection, Sequence
from uuid import NAMESPACE_URL, uuid4, uuid5

import attrs

from .suggestions import there_are


def identifier_of(collaboration: str, account: str | None = None) -> str:
    """Return the identifier of a named collaboration, or of the membership of an account in it.

    It is the UUID of version 5 of `NAME` or `NAME/ACCOUNT` in the namespace of URLs: any language can derive it.
    """
    return str(uuid5(NAMESPACE_URL, collaboration if account is None else f"{collaboration}/{account}"))


ABILITIES = ("CAN_QUERY", "CAN_RECEIVE_MODEL_OUTPUT", "CAN_RECEIVE_INFERENCE_OUTPUT")
"""What the creator of a collaboration can allow a member to do, as far as it concerns this service."""


@attrs.frozen(kw_only=True)
class Membership:
    """The membership of one account in one collaboration."""

    identifier: str
    collaboration: str
    account: str
    abilities: frozenset[str] = frozenset(ABILITIES)


class Memberships:
    """All memberships. AWS Clean Rooms itself creates them, so no operation of this service does."""

    def __init__(self) -> None:
        self._memberships: dict[str, Membership] = {}

    def add(self, account: str, collaboration: str | None, abilities: Collection[str] | None = None) -> Membership:
        """Add a membership, in a new collaboration if none is given, with all abilities if none are given."""
        if collaboration is None:
            collaboration = str(uuid4())
        elif not self.accounts(collaboration):
            raise ValueError(f"no such collaboration: {collaboration}")
        elif account in self.accounts(collaboration):
            raise ValueError(f"account {account} is a member already")
        membership = Membership(
            identifier=str(uuid4()), collaboration=collaboration, account=account, abilities=_abilities(abilities)
        )
        self._memberships[membership.identifier] = membership
        return membership

    def add_collaboration(self, name: str, accounts: Sequence[str]) -> list[Membership]:
        """Add a collaboration and its memberships, all with identifiers that follow from the names."""
        collaboration = identifier_of(name)
        if self.accounts(collaboration):
            raise ValueError(f"there is a collaboration {name!r} already")
        for account in accounts:
            if accounts.count(account) > 1:
                raise ValueError(f"account {account} is given twice")
        added = [
            Membership(identifier=identifier_of(name, account), collaboration=collaboration, account=account)
            for account in accounts
        ]
        self._memberships.update({membership.identifier: membership for membership in added})
        return added

    def all(self) -> list[Membership]:
        """Return all memberships, the oldest first."""
        return [*self._memberships.values()]

    def get(self, identifier: str) -> Membership | None:
        """Return the membership with this identifier, if there is one."""
        return self._memberships.get(identifier)

    def require(self, identifier: str) -> Membership:
        """Return the membership with this identifier; raise ValueError if there is none."""
        membership = self.get(identifier)
        if membership is None:
            raise ValueError(f"no such membership: {identifier}")
        return membership

    def find(self, collaboration: str, account: str) -> Membership | None:
        """Return the membership of an account in a collaboration, if there is one."""
        members = (membership for membership in self._memberships.values() if membership.account == account)
        return next((membership for membership in members if membership.collaboration == collaboration), None)

    def accounts(self, collaboration: str) -> frozenset[str]:
        """Return the accounts in a collaboration; none if it does not exist."""
        members = self._memberships.values()
        return frozenset(membership.account for membership in members if membership.collaboration == collaboration)


def _abilities(names: Collection[str] | None) -> frozenset[str]:
    if isinstance(names, str):
        raise TypeError(f"abilities must be several, such as [{names!r}], not text")
    abilities = frozenset(ABILITIES if names is None else names)
    for name in sorted(abilities.difference(ABILITIES)):
        raise ValueError(f"there is no ability {name}; {there_are(name, ABILITIES)}")
    return abilities
