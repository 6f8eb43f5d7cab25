"""What a confined process can reach, and what becomes of jobs that never end."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import confined
import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st
from waiting import eventually, settle, wait_until

from kg.sandbox.client import EndedError, NotBegunError, Program, Worker
from kg.sandbox.jail import MEBIBYTE, Jail
from kg.sandbox.pool import Pool, charge_nobody
from kg.sandbox.protocol import (
    BusyError,
    DeadlineError,
    ExhaustedError,
    Frame,
    JobError,
    Reader,
    SandboxError,
    encode,
)
from kg.sandbox.queue import FairQueue, Sizes, SlowLane, WorkerQueue
from kg.sandbox.supervisor import Outcome, Supervisor
from kg.sandbox.worker import run_isolated

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are confined on Linux")

PROGRAM = Program(confined.PROGRAM, label="a")
SIZES = Sizes(quick=2, slow=1, deadline=0.6, patience=0.5)
JAIL = Jail(memory=128 * MEBIBYTE)


def ask(job: str, body: bytes = b"") -> Frame:
    """A request for a job."""
    return Frame({"job": job}, body)


@asynccontextmanager
async def pool_of(sizes: Sizes = SIZES) -> AsyncIterator[Pool]:
    """A pool that is closed at the end, with no process left behind."""
    pool = await Pool.start(PROGRAM, sizes, JAIL)
    try:
        await eventually(lambda: len(pool.workers) == sizes.quick)
        yield pool
    finally:
        workers = pool.workers
        pool.close()
        await eventually(partial(gone, workers))


@asynccontextmanager
async def supervisor_of(sizes: Sizes) -> AsyncIterator[Supervisor]:
    """A supervisor that has a pool, and is closed at the end."""
    supervisor = Supervisor(sizes, JAIL)
    supervisor.use(await supervisor.start(PROGRAM))
    try:
        yield supervisor
    finally:
        await supervisor.close()


async def again(supervisor: Supervisor) -> None:
    """Ask until there is a reply; a job waits while there is no pool."""
    while True:
        with suppress(BusyError):
            await supervisor.run(ask("echo"))
            return


def has_another(supervisor: Supervisor, pool: Pool) -> bool:
    """Whether a supervisor has started another pool."""
    return supervisor.pool is not pool


def gone(pids: Iterable[int]) -> bool:
    """Whether none of these processes is running any more."""
    return not any(map(is_running, pids))


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def in_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run a test's body."""
    asyncio.run(work)


# ── What a worker can reach ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", sorted(confined._TRIES))
def test_nothing_can_be_reached(what: str) -> None:
    """A worker opens no file, no connection, no name, no process, not even by native code."""

    async def body() -> None:
        async with pool_of() as pool:
            reply = await pool.run(ask("try", what.encode()))

            assert reply.body.startswith(b"refused")

    assert confined.tried("a pipe") == "reached"
    in_loop(body())


def test_the_environment_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in the environment of the server is not in that of its workers."""
    monkeypatch.setenv("KG_TEST_SECRET", "s3cret")

    async def body() -> None:
        async with pool_of() as pool:
            reply = await pool.run(ask("environment"))

            assert b"PYTHONPATH" in reply.body
            assert b"s3cret" not in reply.body

    in_loop(body())


def test_the_folder_is_no_place_for_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies in the folder where the server was started is not imported by its processes."""
    (tmp_path / "json.py").write_text("raise SystemExit('reached')\n", "utf-8")
    monkeypatch.chdir(tmp_path)

    async def body() -> None:
        async with pool_of() as pool:
            assert (await pool.run(ask("echo", b"x"))).body == b"x"

    in_loop(body())


# ── How jobs end ────────────────────────────────────────────────────────────────────────────


def test_replies_and_errors() -> None:
    """A reply comes as it was made, and an error with its name, its message and its numbers."""

    async def body() -> None:
        async with pool_of() as pool:
            large = os.urandom(3_000_000)
            assert (await pool.run(ask("echo", large))).body == large
            with pytest.raises(JobError, match="no such word") as caught:
                await pool.run(ask("error"))
            assert caught.value.kind == "QuerySyntaxError"
            assert caught.value.details == {"line": 3, "column": 4}
            with pytest.raises(JobError, match="nothing") as caught:
                await pool.run(ask("mistake"))
            assert caught.value.kind == "KeyError"

    in_loop(body())


@pytest.mark.parametrize(
    ("job", "error", "said"),
    [
        ("spin", DeadlineError, "stopped after 0.6 s"),
        ("sleep", DeadlineError, "stopped after 0.6 s"),
        ("eat", ExhaustedError, "its memory"),
        ("crash", ExhaustedError, "its stack"),
        ("leave", ExhaustedError, "used up"),
    ],
)
def test_a_job_that_does_not_end_well(job: str, error: type[Exception], said: str) -> None:
    """It is stopped in time with the reason, its process is gone, and the next job is not late."""

    async def body() -> None:
        async with pool_of() as pool:
            before = set(pool.workers)
            started = time.perf_counter()
            with pytest.raises(error, match=said):
                await pool.run(ask(job))
            assert time.perf_counter() - started < SIZES.deadline + 0.5
            await pool.run(ask("echo"))
            await eventually(lambda: len(pool.workers) == SIZES.quick)
            assert set(pool.workers) != before

    in_loop(body())


def test_slow_jobs_step_aside() -> None:
    """A job that is not quick leaves its place to the quick ones, and so does one too many."""

    async def body() -> None:
        async with pool_of(Sizes(quick=2, slow=1, deadline=60)) as pool:
            slow = [asyncio.ensure_future(pool.run(ask("spin"), client=c)) for c in "ab"]
            await eventually(lambda: pool.counts["slow"] == 1)
            for _ in range(20):
                await pool.run(ask("echo"))
            await eventually(lambda: len(pool.workers) == 3)
            assert not any(task.done() for task in slow)
            for task in slow:
                task.cancel()

    in_loop(body())


def test_who_has_had_least_is_next() -> None:
    """Whoever sends slow jobs without pause keeps nobody waiting for longer than one of them."""

    async def body() -> None:
        async with pool_of(Sizes(quick=2, slow=1, deadline=2.0)) as pool:
            attackers = [
                asyncio.ensure_future(_again_and_again(pool, client)) for client in "uvwxy"
            ]
            try:
                await eventually(lambda: pool.counts["DeadlineError"] >= 1)
                # In turn it would wait for four of them, and be refused before that.
                await pool.run(ask("spin_for", b"0.06"), client="good")
            finally:
                for each in attackers:
                    each.cancel()

    in_loop(body())


async def _again_and_again(pool: Pool, client: str) -> None:
    while True:
        with suppress(DeadlineError, BusyError):
            await pool.run(ask("spin"), client=client)


def test_slow_jobs_wait_for_each_other() -> None:
    """A job that is not quick is answered when the one before it has left its place."""

    async def body() -> None:
        async with pool_of(Sizes(quick=2, slow=1, deadline=20, patience=15)) as pool:
            replies = await asyncio.gather(
                *(pool.run(ask("spin_for", b"0.15")) for _ in range(3)),
                *(pool.run(ask("echo", b"x")) for _ in range(20)),
            )

            assert len(replies) == 23
            assert pool.counts["slow"] == 3
            await eventually(lambda: len(pool.workers) == 2)

    in_loop(body())


def test_a_place_is_given_back() -> None:
    """A job that crashes at the moment in which it would step aside keeps no place."""

    async def body() -> None:
        async with pool_of(Sizes(quick=2, slow=1, quick_seconds=0.001)) as pool:
            for _ in range(30):
                with pytest.raises(ExhaustedError):
                    await pool.run(ask("spin_and_crash", b"0.018"))
            await pool.run(ask("spin_for", b"0.1"))

    in_loop(body())


def test_a_slow_job_may_end_well() -> None:
    """A job that takes more than a moment and less than the deadline gives its reply."""

    async def body() -> None:
        async with pool_of(Sizes(quick=2, slow=1, deadline=20)) as pool:
            await pool.run(ask("spin_for", b"0.15"))
            assert pool.counts["slow"] == 1

    in_loop(body())


def test_waiting() -> None:
    """Who waits too long for a worker is told so, and who comes when too many wait at once."""

    async def body() -> None:
        async with pool_of(Sizes(1, 1, 10.0, 2.0, 0.2, 1)) as pool:
            first = asyncio.ensure_future(pool.run(ask("sleep")))
            await settle()
            second = asyncio.ensure_future(pool.run(ask("echo")))
            await settle()
            with pytest.raises(BusyError, match="too many"):
                await pool.run(ask("echo"))
            with pytest.raises(BusyError, match="all workers are busy"):
                await second
            first.cancel()
            await eventually(lambda: len(pool.workers) == 1)
            assert (await pool.run(ask("echo", b"x"))).body == b"x"

    in_loop(body())


def test_a_caller_that_leaves() -> None:
    """The worker of a caller that has left is stopped."""

    async def body() -> None:
        async with pool_of() as pool:
            before = set(pool.workers)
            job = asyncio.ensure_future(pool.run(ask("sleep")))
            await eventually(lambda: pool._running)
            job.cancel()
            await eventually(lambda: set(pool.workers) not in (before, set()))
            await eventually(lambda: sum(map(is_running, before)) == 1)
            assert pool.busy == 0

    in_loop(body())


def test_a_program_that_cannot_be_loaded() -> None:
    """The reason comes from where it cannot be loaded."""

    async def body() -> None:
        with pytest.raises(SandboxError, match="could not be loaded: there is no built graph"):
            await Pool.start(
                Program("kg.serve.jobs:load", {"root": "/nowhere", "version": "0" * 64}),
                SIZES,
                JAIL,
            )

    in_loop(body())


# ── How pools end ───────────────────────────────────────────────────────────────────────────


def test_a_zygote_that_dies() -> None:
    """Jobs are answered again at once when all processes were killed."""

    async def body() -> None:
        async with supervisor_of(SIZES) as supervisor:
            for _ in range(3):
                pool = supervisor.pool
                assert pool is not None
                old = (pool.zygote, *pool.workers)
                os.kill(pool.zygote, signal.SIGKILL)
                started = time.perf_counter()
                await again(supervisor)
                assert time.perf_counter() - started < 2.0
                await eventually(partial(gone, old))
                await eventually(partial(has_another, supervisor, pool))
            assert supervisor.restarts == 3

    in_loop(body())


@pytest.mark.parametrize("room", [0, 1])
def test_no_descriptors_left(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that comes when no descriptors are left for it goes, and another comes later."""

    async def body() -> None:
        async with pool_of() as pool:
            before = set(pool.workers)
            asked_again: list[object] = []
            loop = asyncio.get_running_loop()

            def call_later(seconds: float, *rest: Any) -> asyncio.TimerHandle:  # noqa: ANN401 - asyncio's own
                if rest[0] == pool._zygote.fork:
                    asked_again.append(seconds)
                return later(seconds, *rest)

            later = loop.call_later
            monkeypatch.setattr(loop, "call_later", call_later)
            with _descriptors_left(room):
                pool._zygote.fork()
                await eventually(lambda: asked_again)
                assert set(pool.workers) == before
            await eventually(lambda: len(pool.workers) == len(before) + 1)
            forked = Path(f"/proc/{pool.zygote}/task/{pool.zygote}/children")
            await eventually(
                lambda: set(map(int, forked.read_text("utf-8").split())) == set(pool.workers)
            )

    in_loop(body())


@contextmanager
def _descriptors_left(room: int) -> Iterator[None]:
    """Room for so many more descriptors in this process."""
    opened = [os.dup(0) for _ in range(room + 1)]
    for each in opened:
        os.close(each)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(opened), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_job_that_waits_when_the_zygote_dies() -> None:
    """It is run when there are processes again, like one that was running."""

    async def body() -> None:
        async with supervisor_of(Sizes(quick=1, slow=1, patience=5, deadline=20)) as supervisor:
            pool = supervisor.pool
            assert pool is not None
            first = asyncio.ensure_future(supervisor.run(ask("sleep")))
            await eventually(lambda: pool._running)
            second = asyncio.ensure_future(supervisor.run(ask("echo", b"x")))
            await eventually(lambda: pool.busy == 2)
            os.kill(pool.zygote, signal.SIGKILL)
            first.cancel()

            assert (await second)[1].body == b"x"

    in_loop(body())


def test_jobs_without_a_task_when_the_zygote_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is done, stands behind another or waits in line, each is run again."""
    monkeypatch.setattr("kg.sandbox.given.ABOUT_DONE", 60)  # on a busy machine too

    async def reply(found: Outcome) -> bytes:
        assert callable(found), found
        return (await found())[1].body

    async def body() -> None:
        sizes = Sizes(quick=1, slow=1, patience=20, deadline=20)
        async with supervisor_of(sizes) as supervisor:
            pool = supervisor.pool
            assert pool is not None
            await eventually(lambda: pool.workers)
            told: list[Outcome] = []
            os.kill(pool.workers[0], signal.SIGSTOP)
            for number in range(12):
                body = str(number).encode()
                begun = supervisor.begin(
                    ask("echo", body), client="a", charge=charge_nobody, done=told.append
                )
                assert begun is not None
            assert [len(run.jobs) for _, run in pool._running] == [8]
            os.kill(pool.zygote, signal.SIGKILL)
            await eventually(lambda: len(told) == 12)
            found = await asyncio.gather(*map(reply, told))

            assert sorted(found, key=int) == [str(number).encode() for number in range(12)]

    in_loop(body())


def test_a_worker_that_was_killed_is_lent_to_nobody() -> None:
    """A job that ends at the moment in which its worker is stopped harms no other."""

    async def body() -> None:
        async with pool_of(Sizes(quick=2, slow=1, patience=5)) as pool:
            for worker in tuple(pool._workers):
                worker.stop()
            assert (await pool.run(ask("echo", b"x"))).body == b"x"

    in_loop(body())


@pytest.mark.parametrize("loops", [asyncio, uvloop])
def test_a_reply_is_there_though_the_next_job_could_not_be_sent(
    loops: ModuleType,
) -> None:
    """A worker that has ended when it is given one more job has said what it did before."""
    told: list[Frame | Exception] = []

    async def body() -> None:
        async with pool_of(Sizes(quick=1, slow=1)) as pool:
            (worker,) = pool._workers
            worker.ask(ask("echo", b"x"), 0.0, told.append)
            worker.ask(ask("leave"), 0.0, told.append)
            wait_until(partial(gone, [worker.pid]))  # the loop hears of nothing meanwhile
            worker.ask(ask("echo", b"x"), 0.0, told.append)
            await eventually(lambda: len(told) == 3)

    with asyncio.Runner(loop_factory=loops.new_event_loop) as runner:
        runner.run(body())

    first, second, third = told
    assert isinstance(first, Frame)
    assert first.body == b"x"
    assert isinstance(second, EndedError)
    assert isinstance(third, NotBegunError)


def test_a_worker_that_ends_before_it_is_known_is_lent_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is lost between its fork and the moment in which it is counted among the workers."""
    connect = Worker.connect

    async def lose(pid: int, handle: int, *rest: Any) -> Worker:  # noqa: ANN401 - as it was called
        monkeypatch.undo()  # only the first
        worker = await connect(pid, handle, *rest)
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        await eventually(lambda: not worker.alive)
        return worker

    async def body() -> None:
        monkeypatch.setattr(Worker, "connect", lose)
        async with pool_of(Sizes(quick=1, slow=1, patience=5)) as pool:
            assert is_running(pool.workers[0])
            assert (await pool.run(ask("echo", b"x"))).body == b"x"

    in_loop(body())


def test_change_of_program() -> None:
    """Jobs that are running end where they began; new ones go to the new program."""

    async def body() -> None:
        async with supervisor_of(Sizes(quick=2, slow=1, deadline=20)) as supervisor:
            old = supervisor.pool
            assert old is not None
            running = asyncio.ensure_future(supervisor.run(ask("spin_for", b"0.2")))
            await eventually(lambda: old._running)
            supervisor.use(await supervisor.start(Program(confined.PROGRAM, label="b")))

            assert (await supervisor.run(ask("echo")))[0] == "b"
            assert (await running)[0] == "a"
            await eventually(lambda: not is_running(old.zygote))

    in_loop(body())


_SERVER = """
import asyncio, sys
sys.path[:0] = {path!r}
from test_sandbox import PROGRAM, JAIL, ask
from kg.sandbox.queue import Sizes
from kg.sandbox.pool import Pool, charge_nobody
async def main():
    pool = await Pool.start(PROGRAM, Sizes(quick=2, deadline=60), JAIL)
    await pool.run(ask("echo"))
    print(pool.zygote, *pool.workers, flush=True)
    await asyncio.gather(*(pool.run(ask("sleep")) for _ in range(4)))
asyncio.run(main())
"""


def test_no_orphans() -> None:
    """A server that is killed leaves no process, whatever its workers were doing."""
    code = _SERVER.format(path=sys.path)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        family = [int(pid) for pid in server.stdout.readline().split()]
        server.kill()
    asyncio.run(eventually(partial(gone, family)))

    assert len(family) >= 2


# ── One job, for the command line ───────────────────────────────────────────────────────────


def test_run_isolated() -> None:
    """A job gives its result from a process of its own."""
    assert run_isolated(lambda: b"x" * 2_000_000, seconds=5, limits=JAIL) == b"x" * 2_000_000
    tried = run_isolated(lambda: confined.tried("a file").encode(), seconds=5, limits=JAIL)
    assert tried.startswith(b"refused")


def test_run_isolated_ends() -> None:
    """It is stopped at its time limit, at its memory limit, and its errors are raised here."""
    with pytest.raises(DeadlineError):
        run_isolated(lambda: confined._sleep(ask("sleep")).body, seconds=0.2, limits=JAIL)
    with pytest.raises(ExhaustedError):
        run_isolated(lambda: confined._eat(ask("eat")).body, seconds=5, limits=JAIL)
    with pytest.raises(JobError, match="no such word"):
        run_isolated(lambda: confined._error(ask("error")).body, seconds=5, limits=JAIL)


# ── The parts ───────────────────────────────────────────────────────────────────────────────


def test_turns() -> None:
    """Clients take turns, however much one of them asks."""
    queue: FairQueue[str] = FairQueue()
    for client, item in (("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("c", "c1")):
        queue.put(client, item)
    queue.remove("c", "c1")
    queue.remove("c", "c1")

    assert len(queue) == 4
    assert [queue.take() for _ in range(5)] == ["a1", "b1", "a2", "a3", None]
    assert len(queue) == 0


def test_who_had_a_turn_is_next() -> None:
    """What comes back goes before all that has not had its turn, in the order it comes back."""
    queue: FairQueue[str] = FairQueue()
    for client, item in (("a", "a1"), ("b", "b1"), ("a", "a2")):
        queue.put(client, item)
    for item in ("c1", "c2", "c3"):
        queue.put_again(item)
    queue.remove("c", "c2")

    assert queue.first() == "c1"
    assert len(queue) == 5
    assert [queue.take() for _ in range(6)] == ["c1", "c3", "a1", "b1", "a2", None]
    queue.put_again("c4")
    assert queue.last_of_most("a") is None


def test_room_in_a_full_queue() -> None:
    """Whoever fills a queue is turned away from it before somebody else is."""

    async def body() -> None:
        queue: WorkerQueue[str] = WorkerQueue(Sizes(patience=5, most_waiting=3))
        many = [asyncio.ensure_future(queue.take("many")) for _ in range(3)]
        await settle()
        good = asyncio.ensure_future(queue.take("good"))
        await settle()
        with pytest.raises(BusyError, match="too many"):
            await queue.take("many")
        with pytest.raises(BusyError, match="too many"):
            await many[2]
        for worker in ("first", "second", "third"):
            queue.offer(worker)

        assert [await many[0], await good, await many[1]] == ["first", "second", "third"]

    in_loop(body())


def test_slow_lane() -> None:
    """A client has one place at most; who waits too long is told; so is who has many waiting."""

    async def body() -> None:
        lane = SlowLane(Sizes(slow=2, deadline=0, patience=0.3, most_waiting=90))
        assert lane.take_now("a")
        assert not lane.take_now("a")
        assert lane.take_now("b")
        waiting = {c: asyncio.ensure_future(lane.take(c)) for c in "abc"}
        await settle()
        lane.give_back("a")
        await waiting["c"]
        lane.give_back("b")
        await waiting["a"]
        many = [asyncio.ensure_future(lane.take("a")) for _ in range(20)]
        await settle()
        assert sum(each.done() for each in many) == 12
        with pytest.raises(BusyError, match="places for such queries are busy"):
            await waiting["b"]

    in_loop(body())


@pytest.mark.parametrize(("seconds_later", "first"), [(24, "recent"), (26, "long ago")])
def test_half_of_what_was_used_is_forgotten_in_half_a_minute(
    seconds_later: float, first: str
) -> None:
    """Who had a place for long, a while ago, comes before who had it for half as long just now."""

    async def body() -> None:
        now = 0.0
        lane = SlowLane(Sizes(slow=1), clock=lambda: now)

        async def use(client: str, seconds: float) -> None:
            nonlocal now
            await lane.take(client)
            now += seconds
            lane.give_back(client)

        await use("long ago", 10)
        now += seconds_later
        await use("recent", 5)
        assert lane.take_now("other")
        waiting = {c: asyncio.ensure_future(lane.take(c)) for c in ("long ago", "recent")}
        await settle()
        lane.give_back("other")
        done, _ = await asyncio.wait(waiting.values(), return_when=asyncio.FIRST_COMPLETED)
        assert done == {waiting[first]}
        for each in waiting.values():
            each.cancel()

    in_loop(body())


@given(
    head=st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.text(), st.none())),
    body=st.binary(max_size=500),
    cuts=st.lists(st.integers(0, 600), max_size=5),
)
def test_frames(head: dict[str, object], body: bytes, cuts: list[int]) -> None:
    """A message comes out as it went in, however it was cut on its way."""
    text = encode(Frame(head, body))
    ends = sorted({min(cut, len(text)) for cut in cuts} | {len(text)})
    reader = Reader()
    found = [reader.feed(text[a:b]) for a, b in zip([0, *ends], ends, strict=False)]

    assert found[-1] == Frame(head, body)
    assert found[:-1] == [None] * (len(found) - 1)


@pytest.mark.parametrize("head", [b"", b" ", b"[]", b" []", b"{", b"\xff"])
@pytest.mark.parametrize("in_pieces", [False, True])
def test_a_message_without_a_head(head: bytes, in_pieces: bool) -> None:  # noqa: FBT001
    """What is no message of ours is said to be none, however it was cut on its way."""
    text = encode(Frame({}))[:3] + bytes([len(head)]) + bytes(12) + head
    reader = Reader()
    if in_pieces:
        reader.feed(text[:5])
    with pytest.raises(ValueError):  # noqa: PT011 - the words are those of several libraries
        reader.feed(text[5:] if in_pieces else text)


def test_a_message_that_is_too_large() -> None:
    """A worker that has gone wild does not fill the memory of the server."""
    with pytest.raises(ValueError, match="at most"):
        Reader(most=100).feed(b"\xff" * 16)
