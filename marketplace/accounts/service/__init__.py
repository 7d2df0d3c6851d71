"""The verbs of accounts: signing in, teams, and leaving."""

from marketplace.accounts.service.closing import close
from marketplace.accounts.service.signing_in import (
    ask_confirmation,
    ask_password_reset,
    check_link,
    check_password,
    confirm_email,
    forget_attempts,
    make_staff,
    reset_password,
    sign_up,
)
from marketplace.accounts.service.teams import (
    accept_invitation,
    change_role,
    create_brand,
    invite_member,
    remove_member,
    revoke_invitation,
)

__all__ = [
    "accept_invitation",
    "ask_confirmation",
    "ask_password_reset",
    "change_role",
    "check_link",
    "check_password",
    "close",
    "confirm_email",
    "create_brand",
    "forget_attempts",
    "invite_member",
    "make_staff",
    "remove_member",
    "reset_password",
    "revoke_invitation",
    "sign_up",
]
