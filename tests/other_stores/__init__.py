"""Stores that tests ask: some that misbehave on purpose, and real ones, started for the tests."""
