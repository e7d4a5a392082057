"""Roles and permissions: what ``roles.yml`` says, and the check that every deed of staff passes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.security.errors import InvalidAccount, PermissionDenied

ROLES_FILE = Path(__file__).parent / "roles.yml"
OWED = {
    "password": "这是一次性密码，请先到“我的账号”换成自己的密码",
    "second_factor": "您的账号必须使用两步验证，请先到“我的账号”开启",
}


class Role(BaseModel):
    """A role: its name for people, and the permissions it carries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=1)
    may: frozenset[str]


class RoleTable(BaseModel):
    """All permissions with what they mean, and all roles."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    permissions: dict[str, str]
    roles: dict[str, Role]

    @model_validator(mode="after")
    def _permissions_exist(self) -> RoleTable:
        unknown = {f"{name}: {one}" for name, role in self.roles.items() for one in role.may - set(self.permissions)}
        if unknown:
            raise ValueError(f"unknown permissions: {', '.join(sorted(unknown))}")
        return self

    def check(self, roles: Iterable[str]) -> list[str]:
        """The roles, each once; raises InvalidAccount for none or an unknown one."""
        wanted = list(dict.fromkeys(roles))
        unknown = [role for role in wanted if role not in self.roles]
        if unknown or not wanted:
            known = "、".join(f"{name}（{role.label}）" for name, role in self.roles.items())
            raise InvalidAccount(f"请从这些角色里选择：{known}", code="roles", roles=", ".join(self.roles))
        return wanted

    def permissions_of(self, roles: Iterable[str]) -> frozenset[str]:
        """Everything that these roles together may do; a role that no longer exists gives nothing."""
        return frozenset(one for name in roles if name in self.roles for one in self.roles[name].may)


@dataclass(frozen=True)
class Principal:
    """A member of staff who is signed in, and what they may do.

    ``owes`` is what they must do before anything else: "password" (change it), "second_factor" (set one up), or "".
    ``via`` is the name of the API token that a program of theirs uses; empty for the person in the console. With
    ``read_only`` it keeps nothing, whatever the permission. ``password`` is a digest of the password's hash, by which a
    change of it is noticed.
    """

    username: str
    display_name: str
    roles: tuple[str, ...]
    permissions: frozenset[str]
    department: str = ""
    owes: str = ""
    via: str = ""
    read_only: bool = False
    password: str = field(default="", repr=False, compare=False)

    def may(self, permission: str) -> bool:
        """Whether they may do this."""
        return permission in self.permissions

    @property
    def signature(self) -> str:
        """How deeds are signed: the name people know, and the one that is unique. At most 72 characters."""
        if self.display_name == self.username:
            return self.username
        return f"{self.display_name}（{self.username}）"


@lru_cache(maxsize=1)
def role_table() -> RoleTable:
    """The roles of ``roles.yml``; a pydantic ValidationError names what is wrong in it."""
    return RoleTable.model_validate(yaml.safe_load(ROLES_FILE.read_text(encoding="utf-8")))


def require(principal: Principal, permission: str) -> None:
    """Raise PermissionDenied, naming what is not allowed, unless ``principal`` may do it."""
    if principal.owes:
        raise PermissionDenied(OWED[principal.owes])
    if not principal.may(permission):
        label = role_table().permissions.get(permission, permission)
        whose = f"接口令牌“{principal.via}”" if principal.via else "您的账号"
        raise PermissionDenied(f"{whose}没有“{label}”的权限，请联系系统管理员")
