"""ROBOT, the tool that the OBO community checks ontologies with, fetched for a test."""
