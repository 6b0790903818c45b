"""Pictures of one story as one animated SVG: they take turns by CSS alone, so that it also plays as an image."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_RULE: Final = re.compile(r"\.(terminal-\d+-r\d+) \{([^}]*)\}")
_USED: Final = re.compile(r'class="(terminal-\d+-r\d+)"')
_DEFINITIONS: Final = re.compile(r"<defs>.*?</defs>", re.DOTALL)
_LINE_CLIP: Final = re.compile(r' clip-path="url\(#terminal-\d+-line-\d+\)"')
_NUMBER: Final = re.compile(r"terminal-\d+")
_SCREEN: Final = '<g transform="translate(9, 41)"'


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of a film.

    Attributes:
        svg: The picture, as `draw` gives it.
        seconds: How long it is shown.
    """

    svg: str
    seconds: float


def film(shots: Sequence[Shot], *, poster: int) -> str:
    """All shots, one after the other, without end.

    Args:
        shots: The pictures; all of the same size.
        poster: Which of them a viewer sees that plays nothing, or does not want to.
    """
    looks: dict[str, str] = {}
    frames = [_frame(shot.svg, looks) for shot in shots]
    before, _, _ = shots[0].svg.partition(_SCREEN)
    opening = _NUMBER.sub("terminal", _DEFINITIONS.sub("", _STYLE.sub("", before)))
    head, _, window = opening.partition(">")
    matrix = _NUMBER.sub("terminal", _RULE.sub("", _found(_STYLE, shots[0].svg)))
    classes = "\n".join(f".{name} {{{look}}}" for look, name in looks.items())
    timing = "\n".join(_timing(shots, poster))
    pictures = "\n".join(f'<g class="frame" id="f{number}">{frame}</g>' for number, frame in enumerate(frames))
    text = f"{head}>\n<style>{matrix}\n{classes}\n{timing}\n</style>{window}\n{pictures}\n</svg>"
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"


def _frame(svg: str, looks: dict[str, str]) -> str:
    """The screen alone, its looks by the names that all frames share."""
    names = {name: looks.setdefault(look.strip(), f"c{len(looks)}") for name, look in _RULE.findall(svg)}
    _, screen, rest = svg.partition(_SCREEN)
    body = _LINE_CLIP.sub("", f"{screen}{rest}".rpartition("</svg>")[0])
    body = _USED.sub(lambda used: f'class="{names[used[1]]}"', body)
    return _NUMBER.sub("terminal", re.sub(r' clip-path="url\(#terminal-\d+-clip-terminal\)"', "", body)).strip()


def _timing(shots: Sequence[Shot], poster: int) -> list[str]:
    total = sum(shot.seconds for shot in shots)
    lines = [
        ".frame { visibility: hidden; }",
        f"#f{poster} {{ visibility: visible; }}",
        "@media (prefers-reduced-motion: no-preference) {",
    ]
    begin = 0.0
    for number, shot in enumerate(shots):
        end = begin + shot.seconds
        start = f"{begin / total:.4%}"
        steps = "" if number == 0 else "0% { visibility: hidden } "
        steps += f"{start} {{ visibility: visible }} {end / total:.4%} {{ visibility: hidden }}"
        lines += [
            f"@keyframes k{number} {{ {steps} }}",
            f"#f{number} {{ animation: k{number} {total:g}s step-end infinite; }}",
        ]
        begin = end
    return [*lines, "}"]


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    assert match is not None, f"Textual draws no {pattern.pattern} any more"
    return match[1]
