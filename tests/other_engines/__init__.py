"""Readers of others that tests give our exports to, fetched for the tests."""
