from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.security.errors import PermissionDenied
from bot.security.roles import Principal, RoleTable, require, role_table


def test_all_seven_roles_are_there_and_every_permission_is_somebodys() -> None:
    table = role_table()
    assert set(table.roles) == {"curator", "handler", "dispatcher", "agent", "manager", "administrator", "auditor"}
    assert table.permissions_of(table.roles) == set(table.permissions)


def test_an_auditor_changes_nothing_and_an_administrator_reads_no_tickets() -> None:
    table = role_table()
    assert all(one.endswith((".read", ".all")) for one in table.permissions_of(["auditor"]))
    assert not any(one.startswith("tickets") for one in table.permissions_of(["administrator"]))


def test_roles_add_up_and_unknown_ones_give_nothing() -> None:
    table = role_table()
    both = table.permissions_of(["curator", "handler"])
    assert both == table.permissions_of(["curator"]) | table.permissions_of(["handler"])
    assert table.permissions_of(["no longer there"]) == frozenset()


def test_a_role_with_a_permission_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"handler: tickets\.burn"):
        RoleTable.model_validate(
            {"permissions": {}, "roles": {"handler": {"label": "承办人", "may": ["tickets.burn"]}}}
        )


def test_what_is_not_allowed_is_said_in_chinese() -> None:
    nobody = Principal("lina", "李娜", (), frozenset())
    with pytest.raises(PermissionDenied, match="没有“查看工单”的权限"):
        require(nobody, "tickets.read")
    require(Principal("lina", "李娜", (), frozenset({"tickets.read"})), "tickets.read")
