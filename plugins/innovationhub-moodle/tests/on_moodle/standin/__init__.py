"""A stand-in for a Moodle, over real HTTP on loopback. It is not a Moodle.

No Moodle can be had where the tests run, so this speaks in its place. What it knows comes from two sources:

- From recordings of a running Moodle 4.3 (`on_moodle/recorded/calls.ndjson`): the transport (forms only, 200 with an
  exception, `null`, a bare `0`, 403 with nothing, 503 with a page, XML when the format is not asked for), the shapes of
  all answers, the words of the errors, what is one transaction and what goes item by item, e-mail compared with its
  case, LIKE in `core_user_get_users`, and what the functions of `local_innovationhub` answer. `test_standin.py` makes
  the recorded calls of it and compares every answer.
- From the source of mod_facetoface, as described: how people move up from its wait-list.

Where it departs: nobody is seated from a wait-list that is off, and a few parameters and one function are there besides
(see `seminars`); `duration` comes back as it was given (the recorded bridge cut it to whole hours); ids are counted
from one; functions that the plugin never calls are not there. Its clock is the test's.
"""

from on_moodle.standin.server import Fault, StandIn

__all__ = ["Fault", "StandIn"]
