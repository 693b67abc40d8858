"""The calendar outside of the hub, read back by libraries that are not ours."""
