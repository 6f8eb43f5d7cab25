"""Stores that tests ask: one that misbehaves on purpose, and real ones, started for the occasion."""
