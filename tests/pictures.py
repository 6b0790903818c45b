"""Pictures of one state of the program in several sizes, from one walk to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion
    from syrupy.location import PyTestLocation
    from syrupy.types import SnapshotIndex
    from textual.pilot import Pilot

Size = tuple[int, int]
LEAST: Final = (60, 20)
USUAL: Final = (80, 24)
WIDE: Final = (120, 40)


class _NamedPicture(SVGImageExtension):  # type: ignore[misc]
    """One file a picture, named after the test's function and the picture alone."""

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        return f"{test_location.methodname}[{index}]"


async def take(pilot: Pilot[int], sizes: Iterable[Size]) -> dict[str, str]:
    """The screen as SVG in each size, by `80x24` and the like; the terminal has the size it had before in the end."""
    before = pilot.app.size
    taken: dict[str, str] = {}
    for width, height in sizes:
        if (width, height) != pilot.app.size:
            await pilot.resize_terminal(width, height)
        await pilot.wait_for_scheduled_animations()
        taken[f"{width}x{height}"] = pilot.app.export_screenshot(title=pilot.app.title, simplify=True)
    await pilot.resize_terminal(*before)
    return taken


def assert_as_before(snapshot: SnapshotAssertion, name: str, taken: Mapping[str, str], folder: Path) -> None:
    """Each picture is the one that somebody looked at and kept; one that is not is written to `folder`."""
    changed = []
    for size, svg in taken.items():
        if not snapshot(name=f"{name}-{size}", extension_class=_NamedPicture) == svg:  # noqa: SIM201 - syrupy has no !=
            (folder / f"{name}-{size}.svg").write_text(svg, "utf-8")
            changed.append(size)
    assert not changed, f"{name} looks otherwise in {', '.join(changed)}; how, see {folder}"
