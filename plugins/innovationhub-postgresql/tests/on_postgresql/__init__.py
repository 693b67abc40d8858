"""The tests of the PostgreSQL store, on servers of their own."""
