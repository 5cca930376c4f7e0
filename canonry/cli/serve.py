"""``canonry serve``, ``token`` and ``audit``: agents are let in, and what they asked is accounted for."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from canonry import audit, mcp
from canonry import store as stores
from canonry.cli import edge, output
from canonry.cli.nearest import meant
from canonry.cli.session import Session, command
from canonry.errors import UsageError

if TYPE_CHECKING:
    from canonry.config import Config

_EVERYTHING = ("read", "report")  # what whoever can read the file may do anyway


@command(
    "serve",
    "canonry serve --edition staff",
    "canonry serve --principal desk",
    "canonry serve --http --port 8420",
)
@click.option("--edition", metavar="NAME", help="Serve this edition to one agent, over standard input and output.")
@click.option("--principal", metavar="NAME", help="The same for this principal: its edition, its scopes.")
@click.option("--http", "over_http", is_flag=True, help="Serve all principals over HTTP, each by its own token.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="With --http: where to listen; other hosts need serve.hosts and serve.origins."
)
@click.option("--port", type=click.IntRange(1, 65535), default=mcp.PORT, show_default=True, help="With --http: the port.")
def serve_command(session: Session, edition: str | None, principal: str | None, host: str, port: int, *, over_http: bool) -> None:  # noqa: PLR0913  (options)
    """Serve agents over the Model Context Protocol: one over standard input and output, or all of them over HTTP.

    The edition is always said: by --edition, or by the principal's entry in `editions`. Every call is noted in the journal. The server
    follows the current release; it need not be started anew after a run.
    """
    if sum((bool(edition), bool(principal), over_http)) != 1:
        raise UsageError(
            "say one of --edition, --principal and --http.", "An edition is never guessed, and `full` never served by default."
        )
    workspace = session.workspace
    manifest = stores.needed(workspace.store)
    if edition is not None and edition not in manifest.editions:
        known = sorted(manifest.editions)
        raise UsageError(f"release {manifest.release_id} has no edition {edition!r}{meant(edition, known)}", f"It has: {', '.join(known)}.")
    if principal is not None:
        _known(workspace.config, principal)
    if edition == stores.FULL:
        output.remark("`full` is everything, whoever may read it: for operators, not for agents.")
    serve = workspace.config.serve
    url = mcp.address(serve, host, port) if over_http else ""
    log = audit.Log(workspace.journal, each_call=serve.audit.sync == "call")
    who = None if over_http else mcp.caller(workspace.config, principal) if principal else _at_the_keyboard(str(edition))
    editions = workspace.config.editions if who is None else filter(None, [who.edition])
    desk = mcp.Desk(mcp.Releases(workspace.store, workspace.encoder(), workspace.journal), editions, log, serve, edge.now)
    try:
        if who is None:
            app = mcp.application(desk, workspace, url, edge.now)
            click.echo(f"Serving agents at {url} as soon as the store is open; stop with Ctrl-C.", err=True)
            mcp.run(app, host, port, lambda: click.echo("Ready.", err=True)).run()
        else:
            asyncio.run(mcp.over_stdio(mcp.server(desk, lambda _: who)))
    finally:
        log.close()


def _at_the_keyboard(edition: str) -> mcp.Caller:
    """Whoever starts the server may read the file of the edition anyway."""
    return mcp.Caller(f"local:{edge.login_name()}", edition, mcp.granted(_EVERYTHING))


@command("token", "canonry token desk", "canonry token desk --days 30")
@click.argument("principal")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long it is accepted.")
def token_command(session: Session, principal: str, days: int) -> None:
    """Make a bearer token for a principal: printed once, kept nowhere; its hash belongs into canonry.yaml."""
    config = session.workspace.config
    _known(config, principal)
    token, expires_on = mcp.made(), edge.today() + timedelta(days=days)
    made = {"principal": principal, "sha256": mcp.fingerprint(token), "expires_on": expires_on.isoformat()}
    session.answer({"token": token, **made}, lambda: _shown(token, made))


def _known(config: Config, principal: str) -> None:
    names = sorted({p for e in config.editions.values() for p in e.principals})
    if principal not in names:
        hint = f"There are: {', '.join(names)}." if names else "Name it in `editions` first."
        raise UsageError(f"no edition has a principal {principal!r}{meant(principal, names)}", hint)


def _shown(token: str, made: dict[str, str]) -> None:
    click.echo(token)
    lines = ["serve:", "  tokens:", f"    - {{principal: {made['principal']}, sha256: {made['sha256']}, expires_on: {made['expires_on']}}}"]
    output.remark("Give the line above to the agent; it is not shown again. Put this into canonry.yaml, or only its last line where")
    output.remark("there are tokens already, and start the server anew:\n")
    click.echo("\n".join(lines), err=True)


@command("audit", "canonry audit verify", "canonry audit verify --json")
@click.argument("what", type=click.Choice(["verify"]))
@click.pass_context
def audit_command(ctx: click.Context, session: Session, what: str) -> None:  # noqa: ARG001  (click checked it)
    """Check the record of calls: rows changed, removed, moved or cut off. Ends with 1 when it is not as it was written."""
    anchors = {m.release_id: m.journal.get("audit", {}) for m in stores.releases(session.store)}
    found = audit.check(session.workspace.journal, anchors)
    session.answer(asdict(found), lambda: _checked(found))
    if found.problems:
        ctx.exit(1)


def _checked(found: audit.Checked) -> None:
    for p in found.problems:
        output.line(f"line {p.line}: {p.message}" if p.line else p.message, style="red")
    if found.more:
        output.line(f"… and {found.more} more.", style="red")
    if not found.problems and not found.rows:
        output.line("There is no record of calls: none was made, or none is left and no release has seen one.")
    elif not found.problems:
        told = (
            f"{output.number(found.rows, 'call')} checked, against {output.number(found.anchors, 'release')}: all are as they were noted."
        )
        output.line(told, style="green")
