"""Runs jobs in processes that can be stopped and that can reach nothing. It knows nothing of kg.

    a caller ──> Supervisor ──> Pool ──> zygote ──fork──> worker, worker, worker
                                  └──────── one socket each ────────┘

The caller's process evaluates nothing. The zygote loads a program (such as a graph) once and
forks workers, which share its memory. A worker gives up every right it has no use for, then
answers one request after the other; it is killed at the deadline.

    supervisor   the caller's side: the pool of the day, kept running
    pool         the workers of one program: who is served when, and what becomes of a worker
    begun        a job that is done without a task
    given        the jobs of each worker: the one that it does, and those behind it
    kept         workers that wait for another job of the owner they have had
    queue        who waits: fair turns for workers, and the few places for what is slow
    client       a zygote and a worker as the caller sees them: a process and a socket
    protocol     what goes over a socket, and the errors that a caller meets
    zygote       the process that loads a program and forks workers
    worker       what a worker does, and one job in a process of its own (`run_isolated`)
    jail         what a process gives up before it touches what a stranger sent
"""
