"""Runs what a stranger asks in processes that can be stopped and that can reach nothing.

    a caller ──> Keeper ──> Pool ──> zygote ──fork──> worker, worker, worker
                              └──────── one socket each ────────┘

The caller's process evaluates nothing. The zygote loads a program (such as a graph) once and
forks workers, which share its memory. A worker gives up every right it has no use for, then
answers one request after the other; it is killed at the deadline.
"""
