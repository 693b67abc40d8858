"""Commands that plugins declare, beside the program's own.

They are asked for only where the program's own do not suffice: for a name that is none of them, and in the help.
"""

from __future__ import annotations

from collections.abc import Mapping

import click

from innovationhub import PluginError
from innovationhub.cli.arguments import Commands
from innovationhub.plugins import load

__all__ = ["Plugged"]

KEPT = "innovationhub.plugged"
"""Where the commands are kept for one run of the program."""

Made = Mapping[str, click.Command | PluginError]


class Plugged(Commands):
    """Commands under a name: the program's own, and those of plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in order. A command that its plugin cannot make is left out."""
        made = _made(ctx, self.commands)
        return sorted(
            {*self.commands, *(name for name, each in made.items() if isinstance(each, click.Command))}
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, if there is one. Raises `PluginError` when its plugin cannot make it."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        found = _made(ctx, self.commands).get(cmd_name)
        if isinstance(found, PluginError):
            raise found
        return found


def _made(context: click.Context, own: Mapping[str, click.Command]) -> Made:
    """The plugins' commands, each made once. Raises `PluginError` when one has the name of the program's own."""
    if KEPT not in context.meta:
        registry = load()
        taken = sorted(own.keys() & registry.commands.keys())
        if taken:
            plugin = registry.owners["commands", taken[0]]
            raise PluginError(plugin, f"claims commands {taken[0]!r}, which the program has itself")
        context.meta[KEPT] = {
            name: _command(registry.owners["commands", name], name, make)
            for name, make in registry.commands.items()
        }
    made: Made = context.meta[KEPT]
    return made


def _command(plugin: str, name: str, make: object) -> click.Command | PluginError:
    try:
        # a command is callable too, and would run
        made = make if isinstance(make, click.Command) or not callable(make) else make()
    except Exception as error:  # noqa: BLE001  # whatever a plugin raises is the plugin's fault
        return PluginError(plugin, f"cannot make the command {name!r}: {type(error).__name__}: {error}")
    if isinstance(made, click.Command):
        return made
    return PluginError(
        plugin, f"gives for the command {name!r} a {type(made).__name__}, which is none of click's"
    )
