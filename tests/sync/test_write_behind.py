"""One write at a time, in order, and none that fails unheard."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from functools import partial

import pytest

from entra_tui.sync.write_behind import WriteBehind


class Disk:
    """Writes when it is let."""

    def __init__(self) -> None:
        self.may_write = asyncio.Event()
        self.is_begun = defaultdict[int, asyncio.Event](asyncio.Event)
        self.written: list[int] = []

    async def write(self, number: int) -> None:
        await self.may_write.wait()
        if number < 0:
            raise OSError(number)
        self.written.append(number)


async def begin(behind: WriteBehind, disk: Disk, *numbers: int) -> None:
    for number in numbers:
        disk.is_begun[number].set()
        await behind.begin(partial(disk.write, number))


async def write_all(disk: Disk, *numbers: int, wrong: Exception | None = None) -> None:
    async with WriteBehind() as behind:
        await begin(behind, disk, *numbers)
        if wrong is not None:
            raise wrong


async def test_the_next_waits_while_one_is_written() -> None:
    disk = Disk()
    async with WriteBehind() as behind:
        await begin(behind, disk, 1)
        second = asyncio.create_task(begin(behind, disk, 2))
        await disk.is_begun[2].wait()
        assert disk.written == []
        disk.may_write.set()
        await second
        assert 1 in disk.written
    assert disk.written == [1, 2]


async def test_what_was_begun_is_written_though_the_reader_is_cancelled() -> None:
    disk = Disk()
    reading = asyncio.create_task(write_all(disk, 1, 2))
    await disk.is_begun[2].wait()
    reading.cancel()
    disk.may_write.set()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert disk.written == [1, 2]


async def test_a_write_that_failed_is_told_and_nothing_is_written_after_it() -> None:
    disk = Disk()
    disk.may_write.set()
    with pytest.raises(OSError, match="-1"):
        await write_all(disk, -1, 2, 3)
    assert disk.written == []
    assert 3 not in disk.is_begun


async def test_the_last_write_is_waited_for_though_something_else_went_wrong() -> None:
    disk = Disk()
    disk.may_write.set()
    with pytest.raises(KeyError):
        await write_all(disk, 1, wrong=KeyError())
    assert disk.written == [1]


async def test_a_write_that_fails_counts_for_more_than_what_went_wrong_meanwhile() -> None:
    disk = Disk()
    disk.may_write.set()
    with pytest.raises(OSError, match="-1") as failed:
        await write_all(disk, -1, wrong=KeyError())
    assert isinstance(failed.value.__context__, KeyError)
