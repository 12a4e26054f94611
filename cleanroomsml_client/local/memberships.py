"""Which accounts are members of which collaboration."""

from uuid import uuid4

import attrs


@attrs.frozen(kw_only=True)
class Membership:
    """The membership of one account in one collaboration."""

    identifier: str
    collaboration: str
    account: str


class Memberships:
    """All memberships. AWS Clean Rooms itself creates them, so no operation of this service does."""

    def __init__(self) -> None:
        self._memberships: dict[str, Membership] = {}

    def add(self, account: str, collaboration: str | None) -> Membership:
        """Add a membership, in a new collaboration if none is given."""
        if collaboration is None:
            collaboration = str(uuid4())
        elif not self.accounts(collaboration):
            raise ValueError(f"no such collaboration: {collaboration}")
        elif account in self.accounts(collaboration):
            raise ValueError(f"account {account} is a member already")
        membership = Membership(identifier=str(uuid4()), collaboration=collaboration, account=account)
        self._memberships[membership.identifier] = membership
        return membership

    def get(self, identifier: str) -> Membership | None:
        """Return the membership with this identifier, if there is one."""
        return self._memberships.get(identifier)

    def require(self, identifier: str) -> Membership:
        """Return the membership with this identifier; raise ValueError if there is none."""
        membership = self.get(identifier)
        if membership is None:
            raise ValueError(f"no such membership: {identifier}")
        return membership

    def accounts(self, collaboration: str) -> frozenset[str]:
        """Return the accounts in a collaboration; none if it does not exist."""
        members = self._memberships.values()
        return frozenset(membership.account for membership in members if membership.collaboration == collaboration)
