"""England's bank holidays, substitute days included, from the `holidays` package."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

__all__ = ["EnglandBankHolidays"]


class EnglandBankHolidays:
    """Closed on the bank holidays of England."""

    def closed(self, year: int) -> Mapping[date, str]:
        """The bank holidays of a year. Without the subdivision Easter Monday and August's would be missing."""
        # imported when first asked: a hub that keeps no bank holidays does not pay for the package
        from holidays import country_holidays  # noqa: PLC0415

        return dict(country_holidays("GB", subdiv="ENG", years=year))
