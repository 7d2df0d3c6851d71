"""``flask users``: the only door by which somebody becomes staff."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from marketplace.accounts import queries
from marketplace.accounts import service as accounts
from marketplace.accounts.rules import PASSWORD_LENGTH, clean_email
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.store.session import reading, transaction

group = AppGroup("users", help="Look after people.")


@group.command("make-staff")
@click.argument("email")
@click.option("--name", default="", help="The person's name; needed when they have no account yet.")
@click.option(
    "--send-link", is_flag=True, help="Send a new person a link to set a password; do not ask now."
)
def make_staff(*, email: str, name: str, send_link: bool) -> None:
    """Make the person with this e-mail address staff; creates them where needed."""
    try:
        kept_email = clean_email(email)
        with reading() as session:
            known = queries.user_by_email(session, kept_email) is not None
        if not known and not name.strip():
            raise click.UsageError(f"There is no account of {kept_email} yet: give --name as well.")
        password = None if known or send_link else _asked_password()
        with transaction() as session:
            user = accounts.make_staff(
                session, email=kept_email, name=name, password=password, now=utc_now()
            )
    except InvalidInput as refusal:
        raise click.ClickException(" ".join(refusal.problems.values())) from None
    except Conflict as refusal:
        raise click.ClickException(f"{refusal.reason}.") from None
    how = "is staff now" if known else "has an account now, and is staff"
    click.echo(f"{user.name} <{user.email}> {how}.")
    if not known and send_link:
        click.echo("A link to set a password is on its way; it works for one hour.")


def _asked_password() -> str:
    label = f"Password ({PASSWORD_LENGTH} characters or more)"
    answer: str = click.prompt(label, hide_input=True, confirmation_prompt=True)
    return answer
