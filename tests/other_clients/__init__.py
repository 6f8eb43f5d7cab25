"""Clients of others that tests have ask our server, fetched for the tests."""
