"""innovationhub: sessions, recurrence, capacity, bookings and waitlists, as a core that can always say why.

from innovationhub import Hub, Person

with Hub.open("sqlite:///hub.db") as hub:
    hub.load_catalogue("hpft.toml")
    hub.add_person(Person("esr:100901", "Ada Obi", "ada.obi@nhs.example"))
    booking = hub.book("cqi-taster@2026-12-01T10:00", "esr:100901")
"""

from __future__ import annotations

from innovationhub.domain.answers import HeldBack, LoadReport
from innovationhub.domain.booking import Booking, BookingStatus
from innovationhub.domain.catalogue import Audience, Role, SessionType, Slots
from innovationhub.domain.changes import (
    Assign,
    CallOff,
    Close,
    End,
    Merge,
    Move,
    Reinstate,
    Reschedule,
    Resize,
)
from innovationhub.domain.deliveries import DeliveryState
from innovationhub.domain.figures import Figures, Table
from innovationhub.domain.journal import Entry
from innovationhub.domain.messages import MessageKind
from innovationhub.domain.people import Person, PersonData
from innovationhub.domain.plans import Effect, Plan
from innovationhub.domain.policies import (
    Access,
    Apologies,
    BookingPolicy,
    Groups,
    OnIneligible,
    OnLapse,
    Promote,
    WaitlistPolicy,
)
from innovationhub.domain.recurrence import Occurrence, Override, Recurrence
from innovationhub.domain.refusals import Reason, Refusal, Refused
from innovationhub.domain.rules import Case, Rule, Verdict
from innovationhub.domain.schedule import Catalogue, Closed, Series, Session, SessionStatus
from innovationhub.domain.settings import HubSettings, Leads, LmsSettings, QuietHours, Retention, WorkingHours
from innovationhub.domain.views import (
    Explanation,
    FollowerView,
    LmsAct,
    LmsFinding,
    LmsReport,
    MessageView,
    PassedOver,
    Places,
    SessionView,
    Shortfall,
    TickReport,
    Violation,
)
from innovationhub.domain.workshop import Workshop, WorkshopState
from innovationhub.errors import (
    Conflict,
    HubError,
    Invalid,
    InvalidCatalogue,
    LmsError,
    LmsFailure,
    NotFound,
    PluginError,
    Unavailable,
)
from innovationhub.hookspecs import hookimpl
from innovationhub.hub import Hub, Settings

__all__ = [
    "Access",
    "Apologies",
    "Assign",
    "Audience",
    "Booking",
    "BookingPolicy",
    "BookingStatus",
    "CallOff",
    "Case",
    "Catalogue",
    "Close",
    "Closed",
    "Conflict",
    "DeliveryState",
    "Effect",
    "End",
    "Entry",
    "Explanation",
    "Figures",
    "FollowerView",
    "Groups",
    "HeldBack",
    "Hub",
    "HubError",
    "HubSettings",
    "Invalid",
    "InvalidCatalogue",
    "Leads",
    "LmsAct",
    "LmsError",
    "LmsFailure",
    "LmsFinding",
    "LmsReport",
    "LmsSettings",
    "LoadReport",
    "Merge",
    "MessageKind",
    "MessageView",
    "Move",
    "NotFound",
    "Occurrence",
    "OnIneligible",
    "OnLapse",
    "Override",
    "PassedOver",
    "Person",
    "PersonData",
    "Places",
    "Plan",
    "PluginError",
    "Promote",
    "QuietHours",
    "Reason",
    "Recurrence",
    "Refusal",
    "Refused",
    "Reinstate",
    "Reschedule",
    "Resize",
    "Retention",
    "Role",
    "Rule",
    "Series",
    "Session",
    "SessionStatus",
    "SessionType",
    "SessionView",
    "Settings",
    "Shortfall",
    "Slots",
    "Table",
    "TickReport",
    "Unavailable",
    "Verdict",
    "Violation",
    "WaitlistPolicy",
    "WorkingHours",
    "Workshop",
    "WorkshopState",
    "hookimpl",
]
