"""One write at a time, in order, and none that fails unheard."""

from __future__ import annotations

import asyncio

import pytest

from entra_tui.sync.write_behind import WriteBehind


class Disk:
    """Writes when it is let."""

    def __init__(self) -> None:
        self.may_write = asyncio.Event()
        self.written: list[int] = []

    async def write(self, number: int) -> None:
        await self.may_write.wait()
        if number < 0:
            raise OSError(number)
        self.written.append(number)


async def test_the_next_is_prepared_while_one_is_written() -> None:
    disk = Disk()
    async with WriteBehind() as behind:
        await behind.begin(disk.write(1))
        assert disk.written == []
        disk.may_write.set()
        await behind.begin(disk.write(2))
        assert disk.written == [1]
    assert disk.written == [1, 2]


async def write_all(disk: Disk, *numbers: int, wrong: Exception | None = None) -> None:
    async with WriteBehind() as behind:
        for number in numbers:
            await behind.begin(disk.write(number))
        if wrong is not None:
            raise wrong


async def test_a_write_that_failed_is_told_before_the_next_begins() -> None:
    disk = Disk()
    disk.may_write.set()
    with pytest.raises(OSError, match="-1"):
        await write_all(disk, -1, 2)
    assert disk.written == []


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
