"""Who belongs to which collaboration."""

from uuid import uuid4

import attrs


@attrs.frozen(kw_only=True)
class Membership:
    """The place of one account in one collaboration."""

    identifier: str
    collaboration: str
    account: str


class Memberships:
    """All memberships of all collaborations: AWS keeps them in Clean Rooms itself, so no operation here makes them."""

    def __init__(self) -> None:
        self._memberships: dict[str, Membership] = {}

    def add(self, account: str, collaboration: str | None) -> Membership:
        """A new membership, in a new collaboration unless it is given one."""
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
        """The membership with this identifier, if there is one."""
        return self._memberships.get(identifier)

    def require(self, identifier: str) -> Membership:
        """The membership with this identifier, which a builder was given."""
        membership = self.get(identifier)
        if membership is None:
            raise ValueError(f"no such membership: {identifier}")
        return membership

    def accounts(self, collaboration: str) -> frozenset[str]:
        """The members of a collaboration; nobody is in one that does not exist."""
        members = self._memberships.values()
        return frozenset(membership.account for membership in members if membership.collaboration == collaboration)
