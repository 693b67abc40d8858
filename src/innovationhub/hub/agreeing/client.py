"""The LMS as the hub speaks to it: opened by its address, asked only what it says it can do, its faults named."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from innovationhub.domain.lms import Ability
from innovationhub.errors import HubError, Invalid, LmsError, LmsFailure, PluginError
from innovationhub.plugins import Registry
from innovationhub.protocols.lms import Lms, LmsRequest

__all__ = ["Client", "opened"]

T = TypeVar("T")


class Client:
    """An LMS under the name of its plugin."""

    def __init__(self, name: str, lms: Lms) -> None:
        self.name = name
        self._lms = lms

    def ask(self, ability: Ability | None, question: Callable[[Lms], T]) -> T:
        """What the LMS answers. Raises `LmsError`, and `PluginError` for whatever else its plugin raises.

        Without the ability it is not asked, and `LmsError` of kind `cannot` is raised.
        """
        if ability is not None and ability not in self.abilities():
            raise LmsError(LmsFailure.CANNOT, str(ability), "this LMS says that it cannot do that")
        try:
            return question(self._lms)
        except HubError:
            raise
        except Exception as error:
            # its text may hold an address, and the address a secret
            raise PluginError(self.name, f"raised {type(error).__name__}") from error

    def abilities(self) -> frozenset[Ability]:
        """What it can do."""
        return self.ask(None, lambda lms: lms.abilities())

    def close(self) -> None:
        """Let go of it."""
        self.ask(None, lambda lms: lms.close())


def opened(registry: Registry, url: str | None) -> Client | None:
    """The LMS at an address; None where there is none.

    Raises `Invalid` naming `lms` when no plugin opens such addresses.
    """
    if not url:
        return None
    scheme = url.partition(":")[0] if isinstance(url, str) else ""
    name = scheme.partition("+")[0]
    opener = registry.lms.get(name)
    if opener is None:
        known = ", ".join(sorted(registry.lms)) or "none is installed"
        # the rest of an address may hold a secret
        raise Invalid("lms", f"must begin with the name of an LMS plugin ({known}); got {name!r}", name)
    return Client(name, opener(LmsRequest(url)))
