"""Snowflake's rules of access as plain sets, written from its documentation and from nothing of the account's code.

https://docs.snowflake.com/en/user-guide/security-access-control-overview
"""

from __future__ import annotations

from dataclasses import dataclass, field

Path = tuple[str, ...]
"""A database, a schema or a relation, by its full name."""


@dataclass
class Rules:
    """Who owns what, who was granted what, and which role was granted to which."""

    owner: dict[Path, str] = field(default_factory=dict)
    granted: set[tuple[str, str, Path]] = field(default_factory=set)
    future: set[tuple[str, str, Path]] = field(default_factory=set)
    member: set[tuple[str, str]] = field(default_factory=set)
    managed: set[Path] = field(default_factory=set)
    managers: set[str] = field(default_factory=set)

    def with_inherited(self, roles: set[str]) -> set[str]:
        """Return roles and whatever was granted to them, however far down; PUBLIC is everybody's."""
        known = roles | {"PUBLIC"}
        while more := {inner for inner, outer in self.member if outer in known} - known:
            known |= more
        return known

    def on(self, roles: set[str], path: Path) -> set[str]:
        """Return the privileges that roles have on one thing, without its containers."""
        known = self.with_inherited(roles)
        held = {privilege for role, privilege, where in self.granted if role in known and where == path}
        return held | ({"OWNERSHIP"} if self.owner.get(path) in known else set())

    def reached(self, roles: set[str], path: Path) -> bool:
        """Tell whether roles have anything on each container."""
        return all(self.on(roles, path[:depth]) for depth in range(1, len(path)))

    def may(self, roles: set[str], privilege: str, path: Path) -> bool:
        """Tell whether roles may do with a thing what a privilege allows."""
        return bool(self.on(roles, path) & {privilege, "OWNERSHIP"}) and self.reached(roles, path)

    def sees(self, roles: set[str], path: Path) -> bool:
        """Tell whether roles may know of a thing."""
        is_manager = bool(self.with_inherited(roles) & self.managers)
        return is_manager or (bool(self.on(roles, path)) and self.reached(roles, path))

    def may_grant(self, roles: set[str], path: Path) -> bool:
        """Tell whether roles decide on the grants of a thing."""
        known = self.with_inherited(roles)
        if known & self.managers:
            return True
        decided_by = path[:2] if len(path) == 3 and path[:2] in self.managed else path
        return self.owner[decided_by] in known and self.reached(roles, decided_by) and self.sees(roles, path)

    def create(self, path: Path, owner: str) -> None:
        """Make a thing: it belongs to its maker, and gets what the innermost future grants say."""
        self.owner[path] = owner
        for depth in range(len(path) - 1, 0, -1):
            if matching := {(role, privilege) for role, privilege, where in self.future if where == path[:depth]}:
                self.granted |= {(role, privilege, path) for role, privilege in matching}
                return
