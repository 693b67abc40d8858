"""The people of the demo: invented, and no address of theirs exists."""

from __future__ import annotations

from innovationhub import Person

__all__ = ["NAMES", "people"]

NAMES: tuple[str, ...] = (
    *("Ada Obi", "Ben Whitlock", "Chen Yu", "Dilys Morgan", "Ewa Kowalska", "Farid Rahmani"),
    *("Grace Mensah", "Hamish Reid", "Ioana Popescu", "Jaswinder Gill", "Kofi Asante", "Leila Haddad"),
    *("Marisol Vega", "Nkechi Eze", "Oisín Byrne", "Priya Nair", "Quentin Hale", "Rosa Almeida"),
    *("Samira Yusuf", "Tomasz Zielinski", "Uma Sharma", "Viktor Hansen", "Wanjiru Kamau", "Xin Li"),
    *("Yasmin Begum", "Zoltan Nagy", "Alice Fenwick", "Babak Karimi", "Cerys Pugh", "Dmytro Shevchuk"),
    *("Esther Okafor", "Fatou Diallo", "Gareth Lowe", "Hana Suzuki", "Imran Sheikh", "Joy Adeyemi"),
)


def people() -> list[Person]:
    """Three dozen members of staff."""
    return [
        Person(f"demo:{number:02}", name, f"colleague-{number:02}@nhs.example", groups=("demo",))
        for number, name in enumerate(NAMES, 1)
    ]
