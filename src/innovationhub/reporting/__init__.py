"""Reports: figures as one page that a browser shows by itself, with pictures where the library for them is there."""

from __future__ import annotations

from innovationhub.domain.figures import Figures
from innovationhub.errors import Invalid
from innovationhub.reporting.pictures import can_draw

__all__ = ["can_draw", "page"]


def page(figures: Figures, name: str = "", *, pictures: bool = True) -> str:
    """The figures as an HTML page, in one file that loads nothing: its style and its pictures are in it.

    `name` is the hub's. Before a table with a picture stands the picture; the table says the same. Without the package
    that draws them (`can_draw`), or without `pictures`, there are tables only. Raises `Invalid` naming `report` where
    the package for templates is missing.
    """
    try:
        from innovationhub.reporting.pages import rendered  # noqa: PLC0415  # loaded by whoever makes a page
    except ModuleNotFoundError as error:
        if error.name not in {"jinja2", "markupsafe"}:
            raise
        raise Invalid("report", "needs one more package: install innovationhub[report]") from None
    return rendered(figures, name, pictures=pictures and can_draw())
