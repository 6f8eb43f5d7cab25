"""CDS Hooks over HTTP: discovery, calls and feedback, answered by the workers of cases.

- `routes`: the three addresses
"""
