"""Workers that are kept for one owner: nobody else is given them, and they end with their owner."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from contextlib import closing
from functools import partial

import pytest
from memories import CAN_LOOK, holders
from test_sandbox import JAIL, PROGRAM, ask, gone, in_loop, pool_of
from waiting import eventually, settle

from kg.sandbox import kept
from kg.sandbox.kept import Owner
from kg.sandbox.pool import Pool
from kg.sandbox.protocol import ExhaustedError, Frame, encode
from kg.sandbox.queue import Sizes
from kg.sandbox.worker import WARM, warm_up

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are confined on Linux")

SIZES = Sizes(quick=2, slow=1, deadline=20, patience=10, most_jobs=100, kept=2)


def owner() -> Owner:
    """Somebody new."""
    return asyncio.get_running_loop().create_future()


async def pid_of(pool: Pool, whose: Owner | None) -> int:
    """The process that does a job of an owner."""
    return int((await pool.run(ask("process"), owner=whose)).body)


async def told(pool: Pool, whose: Owner | None, text: str) -> set[str]:
    """All that the process holds to which an owner tells a text."""
    reply = await pool.run(ask("remember", text.encode()), owner=whose, client=text[:3])
    return set(reply.body.decode().split())


def test_an_owner_finds_its_worker_again() -> None:
    """Jobs of one owner are done by one process, and those of two owners by two."""

    async def body() -> None:
        async with pool_of(SIZES) as pool:
            one, other = owner(), owner()
            first = [await pid_of(pool, one) for _ in range(3)]
            second = [await pid_of(pool, other) for _ in range(3)]

            assert len(set(first)) == len(set(second)) == 1
            assert first[0] != second[0]
            assert await pid_of(pool, one) == first[0]

    in_loop(body())


def test_a_job_without_an_owner_has_a_process_of_its_own() -> None:
    """It is at its end with the job, and is not that of anybody before."""

    async def body() -> None:
        async with pool_of(SIZES) as pool:
            whose = owner()
            of_owner = await pid_of(pool, whose)
            alone = [await pid_of(pool, None) for _ in range(4)]

            assert len({of_owner, *alone}) == 5
            await eventually(partial(gone, alone))
            assert not gone([of_owner])

    in_loop(body())


@pytest.mark.parametrize(
    ("owners", "jobs"), [(12, 120), pytest.param(50, 1000, marks=pytest.mark.load)]
)
def test_nothing_of_one_owner_reaches_another(owners: int, jobs: int) -> None:
    """However the jobs of many owners cross, and whoever leaves: no process has had two owners."""

    async def body() -> None:
        chance = random.Random(11)
        async with pool_of(SIZES) as pool:
            present = {number: owner() for number in range(owners)}
            seen: list[tuple[str, set[str]]] = []

            async def one(turn: int) -> None:
                number = chance.randrange(owners)
                whose = present[number]
                name = f"{number:03}-{id(whose)}"
                seen.append((name, await told(pool, whose, f"{name}-{turn}")))
                if chance.random() < 0.1 and not whose.done():
                    whose.set_result(None)
                    present[number] = owner()

            for start in range(0, jobs, 10):
                await asyncio.gather(*map(one, range(start, min(start + 10, jobs))))

            assert len(seen) == jobs
            assert any(len(held) > 1 for _, held in seen)
            assert [(n, h) for n, h in seen if any(not each.startswith(n) for each in h)] == []

    in_loop(body())


def test_a_worker_ends_with_its_owner() -> None:
    """When an owner leaves, its process is gone, and the free ones are as many as before."""

    async def body() -> None:
        async with pool_of(SIZES) as pool:
            whose = owner()
            pid = await pid_of(pool, whose)
            await eventually(lambda: len(pool.workers) == SIZES.quick + 1)
            whose.set_result(None)

            await eventually(partial(gone, [pid]))
            await eventually(lambda: len(pool.workers) == SIZES.quick)
            late = await pid_of(pool, whose)
            await eventually(partial(gone, [late]))

    in_loop(body())


@pytest.mark.skipif(not CAN_LOOK, reason="only the superuser reads the memory of other processes")
def test_no_memory_holds_what_an_owner_has_sent() -> None:
    """It is in the memory of the process that is kept, and nowhere once the owner has left."""

    async def body() -> None:
        async with pool_of(SIZES) as pool:
            canary = f"canary-{random.Random(3).getrandbits(64):x}"
            whose, other = owner(), owner()
            await told(pool, whose, canary)
            await told(pool, other, "another")
            kept_by = holders((pool.zygote, *pool.workers), canary.encode())
            whose.set_result(None)
            await eventually(partial(gone, kept_by))
            await eventually(lambda: len(pool.workers) == SIZES.quick + 1)

            assert len(kept_by) == 1
            assert holders((pool.zygote, *pool.workers), canary.encode()) == set()

    in_loop(body())


# ── How long a worker is kept ───────────────────────────────────────────────────────────────


def test_the_one_that_has_waited_longest_makes_room() -> None:
    """When one too many is kept, the process that has waited longest ends."""

    async def body() -> None:
        async with pool_of(SIZES) as pool:
            owners = [owner() for _ in range(3)]
            pids = [await pid_of(pool, each) for each in owners]

            await eventually(partial(gone, pids[:1]))
            assert [await pid_of(pool, each) for each in owners[1:]] == pids[1:]

    in_loop(body())


@pytest.mark.parametrize("limit", ["IDLE", "LASTS"])
def test_a_worker_is_not_kept_for_long(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends when its owner asks nothing more, and when it is old."""
    monkeypatch.setattr(kept, limit, 0.0)

    async def body() -> None:
        async with pool_of(SIZES) as pool:
            await eventually(partial(gone, [await pid_of(pool, owner())]))

    in_loop(body())


def test_a_worker_has_a_number_of_jobs() -> None:
    """After its last job another process is there for the same owner."""

    async def body() -> None:
        async with pool_of(Sizes(quick=2, slow=1, patience=10, most_jobs=3, kept=2)) as pool:
            whose = owner()
            pids = [await pid_of(pool, whose) for _ in range(4)]

            assert len(set(pids[:3])) == 1
            assert pids[3] != pids[0]
            await eventually(partial(gone, pids[:1]))

    in_loop(body())


@pytest.mark.parametrize("how", ["killed", "crash", "error"])
def test_a_kept_worker_that_does_not_end_well(how: str) -> None:
    """Its owner is given another, and the pool has as many workers as before."""

    async def body() -> None:
        async with pool_of(SIZES) as pool:
            whose = owner()
            pid = await pid_of(pool, whose)
            if how == "killed":
                os.kill(pid, signal.SIGKILL)
            elif how == "crash":
                with pytest.raises(ExhaustedError):
                    await pool.run(ask("crash"), owner=whose)
            else:
                job = asyncio.ensure_future(pool.run(ask("sleep"), owner=whose))
                await eventually(lambda: pool._running)
                job.cancel()
            await eventually(partial(gone, [pid]))
            await eventually(lambda: pid not in pool.workers)  # and the pool has heard of it

            assert await pid_of(pool, whose) != pid
            await eventually(lambda: len(pool.workers) == SIZES.quick + 1)

    in_loop(body())


# ── Turns ───────────────────────────────────────────────────────────────────────────────────


def test_who_has_a_worker_waits_all_the_same() -> None:
    """A job for which a process is kept waits until it is its client's turn."""

    async def body() -> None:
        async with pool_of(Sizes(quick=1, slow=1, patience=10, deadline=60, kept=2)) as pool:
            whose = owner()
            pid = await pid_of(pool, whose)
            await eventually(lambda: len(pool.workers) == 2)
            first = asyncio.ensure_future(pool.run(ask("sleep"), client="a"))
            await eventually(lambda: pool._running)
            second = asyncio.ensure_future(pid_of(pool, whose))
            await settle()
            assert not second.done()
            first.cancel()

            assert await second == pid

    in_loop(body())


def test_a_slow_job_of_a_kept_worker_steps_aside() -> None:
    """It leaves its turn to the others at once, and its process ends with it."""

    async def body() -> None:
        sizes = Sizes(quick=1, slow=1, patience=10, deadline=60, most_jobs=100, kept=2)
        async with pool_of(sizes) as pool:
            whose = owner()
            pid = await pid_of(pool, whose)
            slow = asyncio.ensure_future(pool.run(ask("spin_for", b"0.3"), owner=whose))
            await eventually(lambda: pool.counts["slow"] == 1)
            for _ in range(3):
                await pid_of(pool, None)
            await slow

            await eventually(partial(gone, [pid]))
            await eventually(lambda: len(pool.workers) == 1)

    in_loop(body())


def test_a_pool_that_is_retired_ends_with_what_it_keeps() -> None:
    """Kept processes hold up no change of the program."""

    async def body() -> None:
        pool = await Pool.start(PROGRAM, SIZES, JAIL)
        await pid_of(pool, owner())
        pids = (pool.zygote, *pool.workers)
        pool.retire()

        await eventually(partial(gone, pids))

    in_loop(body())


# ── Before the first request ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_worker_warms_up_while_nobody_asks(is_asked: bool) -> None:  # noqa: FBT001 - two cases
    """What makes a program quick is done before the first request, and never in front of it."""
    done = []

    def warm(_: Frame) -> Frame:
        done.append("warm")
        return Frame({})

    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        if is_asked:
            ours.sendall(encode(ask("echo")))
        warm_up(theirs, {WARM: warm})

    assert done == ([] if is_asked else ["warm"])
