"""The tools for AI agents over HTTP: one address, answered by the workers.

- `desk`: sends each call to the workers that it belongs to
- `files`: what agents read before they ask
- `service`: the address, and the library of the protocol behind it
"""
