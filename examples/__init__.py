"""Examples that run: stories of a hub, and the last seat wanted in Discovery and here."""
