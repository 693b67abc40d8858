"""Tests of the SMTP channel, against a real server on loopback that can be told how to misbehave."""
