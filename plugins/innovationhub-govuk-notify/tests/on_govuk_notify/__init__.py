"""Tests of the channel through GOV.UK Notify."""
