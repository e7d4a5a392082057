"""The part of the desk that has to do with accounts: one's own, those of others, and who did what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.security.api_tokens import TokenView
from bot.security.audit import Sought
from bot.security.errors import InvalidAccount
from bot.security.models import AuditRecord
from bot.security.register import AccountView, normalised
from bot.security.roles import role_table
from bot.security.second_factor import Enrolment
from bot.security.sessions import SessionView
from channels.console.audit_sheet import audit_sheet, deed_names
from channels.console.desk_base import DeskBase

MAX_EXPORT = 50_000
USELESS = "令牌能做的事不会超过生成它的人，您自己不能查看知识库：请让本人在“我的账号”里生成，或者由运维人员用命令行生成"


@dataclass(frozen=True)
class AuditPage:
    """One page of records that fit, and how many fit in all."""

    records: list[AuditRecord]
    total: int


class AccountsDesk(DeskBase):
    """Each method checks the permission; the services write the audit log."""

    @property
    def max_token_days(self) -> int:
        """How many days an API token may last."""
        return self._services.accounts.tokens.max_days

    @property
    def one_time_hours(self) -> int:
        """How many hours a password that was handed over opens anything."""
        return round(self._services.accounts.one_time / timedelta(hours=1))

    @property
    def role_names(self) -> dict[str, str]:
        """Roles: key → name."""
        return {key: role.label for key, role in role_table().roles.items()}

    # One's own account: every member of staff, also while they owe a new password or a second factor ---------------

    def own(self) -> AccountView:
        """One's own account."""
        self._require()
        return self._services.accounts.account(self.principal.username)

    def change_password(self, present: str, new: str, again: str) -> None:
        """A new password of one's own. Raises InvalidAccount, TooManyAttempts."""
        self._require()
        if new != again:
            raise InvalidAccount("两次输入的新密码不一样")
        self._services.accounts.change_password(self.principal.username, present, new, token=self._token())

    def own_sessions(self) -> list[SessionView]:
        """Where this person is signed in."""
        self._require()
        return self._services.accounts.open_sessions(self.principal.username, self._token())

    def close_own_session(self, session_id: str) -> None:
        """Sign out in another browser."""
        self._require()
        self._services.accounts.close_own_session(self.principal.username, session_id)

    def close_other_sessions(self) -> None:
        """Sign out everywhere but here."""
        self._require()
        self._services.accounts.close_other_sessions(self.principal.username, self._token())

    def offer_second_factor(self) -> Enrolment:
        """A secret for one's authenticator app."""
        self._require()
        return self._services.accounts.offer_second_factor(self.principal.username)

    def enrol_second_factor(self, secret: str, code: str) -> list[str]:
        """Recovery codes, told once. Raises WrongCode."""
        self._require()
        return self._services.accounts.enrol_second_factor(self.principal.username, secret, code)

    def remove_second_factor(self, code: str) -> None:
        """Raises WrongCode, TooManyAttempts, InvalidAccount."""
        self._require()
        self._services.accounts.remove_second_factor(self.principal.username, code)

    def recovery_codes_left(self) -> int:
        """How many of one's recovery codes were not used."""
        self._require()
        return self._services.accounts.recovery_codes_left(self.principal.username)

    def own_tokens(self) -> list[TokenView]:
        """One's own API tokens that work."""
        self._require()
        return self._services.accounts.tokens.of(self.principal.username)

    def make_own_token(self, name: str, *, days: int, read_only: bool) -> str:
        """An API token of one's own, told once. Raises InvalidAccount."""
        self._require("knowledge.read")
        return self._make_token(self.principal.username, name, days, read_only)

    def revoke_own_token(self, token_id: int) -> None:
        """End one of one's own API tokens."""
        self._require()
        username = self.principal.username
        self._services.accounts.tokens.revoke(username, token_id, actor=username)

    # Accounts of others -----------------------------------------------------------------------------------------------

    def check_may_manage(self) -> None:
        """Raise PermissionDenied before somebody fills in a form that they could not save."""
        self._require("accounts.manage")

    def accounts(self) -> list[AccountView]:
        """Every account."""
        self._require("accounts.manage")
        return self._services.accounts.accounts()

    def account(self, username: str) -> AccountView:
        """One account; raises UnknownAccount."""
        self._require("accounts.manage")
        return self._services.accounts.account(username)

    def account_sessions(self, username: str) -> list[SessionView]:
        """Where somebody is signed in."""
        self._require("accounts.manage")
        return self._services.accounts.open_sessions(username)

    def create_account(self, username: str, *, display_name: str, roles: Iterable[str], department: str) -> str:
        """The one-time password, told once. Raises InvalidAccount."""
        self._require("accounts.manage")
        return self._services.accounts.create_with_one_time_password(
            username, display_name=display_name, roles=roles, department=department, actor=self.principal.username
        )

    def update_account(self, username: str, *, display_name: str, roles: list[str], department: str) -> AccountView:
        """Raises InvalidAccount; nobody stops administering accounts, gives themselves more rights or moves themselves."""
        self._require("accounts.manage")
        if normalised(username) == self.principal.username:
            permissions = role_table().permissions_of(roles)
            if "accounts.manage" not in permissions:
                raise InvalidAccount("不能取消自己的系统管理员角色，请让另一位管理员来做")
            if not permissions <= self.principal.permissions:
                self._services.accounts.audit.refused(self.principal.username, "account.update", username)
                raise InvalidAccount("不能给自己增加权限，请让另一位管理员来做")
            if department.strip() != self.principal.department:  # whose tickets one sees goes by it
                self._services.accounts.audit.refused(self.principal.username, "account.update", username)
                raise InvalidAccount("不能修改自己的部门，请让另一位管理员来做")
        return self._services.accounts.update(
            username, display_name=display_name, roles=roles, department=department, actor=self.principal.username
        )

    def set_active(self, username: str, *, active: bool) -> None:
        """Close an account or open it again."""
        self._require_another(username)
        change = self._services.accounts.activate if active else self._services.accounts.deactivate
        change(username, actor=self.principal.username)

    def reset_password(self, username: str) -> str:
        """A one-time password, told once."""
        self._require_another(username)
        return self._services.accounts.reset_password(username, actor=self.principal.username)

    def reset_second_factor(self, username: str) -> None:
        """For who lost their telephone."""
        self._require_another(username)
        self._services.accounts.reset_second_factor(username, actor=self.principal.username)

    def close_sessions(self, username: str) -> None:
        """Sign somebody out everywhere."""
        self._require_another(username)
        self._services.accounts.close_all_sessions(username, actor=self.principal.username)

    def account_tokens(self, username: str) -> list[TokenView]:
        """The API tokens of an account that work."""
        self._require("accounts.manage")
        return self._services.accounts.tokens.of(username)

    def make_account_token(self, username: str, name: str, *, days: int, read_only: bool) -> str:
        """An API token for an account, to be handed over; told once. Raises InvalidAccount.

        It does no more than this person may do themselves; one that could do nothing is not made.
        """
        self._require("accounts.manage")
        if not self.may_make_token_for(self.account(username).roles):
            raise InvalidAccount(USELESS)
        return self._make_token(username, name, days, read_only)

    def may_make_token_for(self, roles: Iterable[str]) -> bool:
        """Whether a token that this person makes for an account with these roles could do anything."""
        return "knowledge.read" in self.principal.permissions & role_table().permissions_of(roles)

    def revoke_account_token(self, username: str, token_id: int) -> None:
        """End an API token of somebody."""
        self._require("accounts.manage")
        self._services.accounts.tokens.revoke(username, token_id, actor=self.principal.username)

    def _make_token(self, username: str, name: str, days: int, read_only: bool) -> str:
        return self._services.accounts.tokens.make(
            username, name, days=days, read_only=read_only, actor=self.principal.username
        )

    def _require_another(self, username: str) -> None:
        self._require("accounts.manage")
        if normalised(username) == self.principal.username:
            raise InvalidAccount("这是您自己的账号，请到“我的账号”里操作")

    # The audit log ----------------------------------------------------------------------------------------------------

    def audit(self, sought: Sought, *, limit: int = 50, offset: int = 0) -> AuditPage:
        """Who did or viewed what, newest first."""
        self._require("audit.read")
        log = self._services.accounts.audit
        return AuditPage(log.records(sought, limit=limit, offset=offset), log.count(sought))

    def deeds(self) -> dict[str, str]:
        """Every deed that was ever recorded: key → name."""
        self._require("audit.read")
        names = self._deed_names()
        return {action: names.get(action, action) for action in self._services.accounts.audit.actions()}

    def export_audit(self, sought: Sought) -> bytes:
        """The newest 50 000 records that fit, as a CSV file for spreadsheets; exporting is recorded too."""
        self._require("audit.read")
        records = self._services.accounts.audit.records(sought, limit=MAX_EXPORT)
        self._log("audit.export", detail=f"{len(records)} 条")
        return audit_sheet(records, self._deed_names())

    def _deed_names(self) -> dict[str, str]:
        steps = self._services.tickets.catalogue.actions.items()
        return {f"tickets.{key}": f"工单：{step.label}" for key, step in steps} | deed_names()
