"""What the README shows is what happens: with a collector on this machine, and with structlog."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

README = Path(__file__).parents[2] / "README.md"
OTLP, STRUCTLOG = re.findall(r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)

REFUSED = """
from innovationhub import Hub, Person, Refused

hub = Hub.open("sqlite:///hub.db")
hub.load_catalogue("hpft.toml")
hub.add_person(Person("esr:100201", "Ada Obi"))
from datetime import timedelta
(session, *_) = hub.calendar(hub.now() + timedelta(days=1), hub.now() + timedelta(weeks=4), types=["cqi-taster"])
hub.book(session.id, "esr:100201")
try:
    hub.book(session.id, "esr:100201")
except Refused:
    pass
hub.tick()
"""


class Collector(ThreadingHTTPServer):
    """Takes metrics by OTLP over HTTP, as a collector does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken: dict[str, set[str]] = {}


class Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        request = ExportMetricsServiceRequest.FromString(body)
        for of_resource in request.resource_metrics:
            for of_scope in of_resource.scope_metrics:
                for metric in of_scope.metrics:
                    points = [*metric.sum.data_points, *metric.gauge.data_points]
                    values = {each.value.string_value for point in points for each in point.attributes}
                    self.server.taken.setdefault(metric.name, set()).update(values)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(code: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_metrics_reach_a_collector(collector: Collector, tmp_path: Path) -> None:
    """Set up as shown, a hub that refuses somebody and ticks says so by OTLP, at the latest when it ends."""
    hub_after_set_up = REFUSED.replace('hub = Hub.open("sqlite:///hub.db")\n', "")
    url = f"http://127.0.0.1:{collector.server_address[1]}"
    run(OTLP + hub_after_set_up, tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=url, NO_PROXY="127.0.0.1")
    assert "booking.confirmed" in collector.taken["innovationhub.journal.entries"]
    assert "cqi-taster" in collector.taken["innovationhub.journal.entries"]
    assert "already-booked" in collector.taken["innovationhub.refusals"]
    assert "innovationhub.session.held" in collector.taken


def test_structlog_writes_events_with_their_fields(tmp_path: Path) -> None:
    """One line of JSON for each."""
    lines = [json.loads(line) for line in run(STRUCTLOG + REFUSED, tmp_path).splitlines()]
    (refused,) = (line for line in lines if line["event"] == "command.refused")
    assert (refused["level"], refused["command"], refused["codes"]) == ("info", "book", ["already-booked"])
    assert refused["session"].startswith("cqi-taster@")
    assert [line for line in lines if line["event"] == "tick.done"]
