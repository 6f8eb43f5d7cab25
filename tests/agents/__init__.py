"""Clients of others for the tools of agents."""
