"""Catalogue files into domain values: all of a file's faults at once, each with its place in the file."""

from __future__ import annotations

from innovationhub.loading.shaping import Known, catalogue_from_text
from innovationhub.loading.text import catalogue_text

__all__ = ["Known", "catalogue_from_text", "catalogue_text"]
