"""A tenant that is wrong in every way that a list can survive, by the throw of seeded dice."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

import httpx

from tests.sync.tenant import SmallTenant, cut, person, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGES = ("/v1.0/users", "/v1.0/users/delta")


@dataclass(frozen=True)
class Behavior:
    """How the tenant is wrong during one run.

    What cannot be told from the truth by anybody is left out: whoever shortens a list does not count too few, and
    whoever does not tell a change by delta counts right.

    Attributes:
        passing: Share of the requests that fail in a way that passes.
        shortens: Share of the pages of users that lose objects, or whatever follows.
        unnamed: Whether users come without their names.
        count_off_by: How far the count is off.
        is_untold: Whether deltas leave out who joined or left.
        drops_links: Whether links that were stored are not known any more.
        shuffles: Whether objects come in any order, ids in any case, and the same page by other links each time.
    """

    passing: float = 0.0
    shortens: float = 0.0
    unnamed: bool = False
    count_off_by: int = 0
    is_untold: bool = False
    drops_links: bool = False
    shuffles: bool = False

    @classmethod
    def drawn(cls, dice: Random, *, has_rows: bool, is_unhealed: bool) -> Behavior:
        """Any behavior; while a change that was not told is not healed, the count is right."""
        shortens = dice.choice((0.0, 0.0, 0.0, 0.3, 1.0))
        is_untold = has_rows and not shortens and not is_unhealed and dice.random() < 0.2
        lie = 0 if is_untold or is_unhealed else dice.choice((0, 0, 0, 1, 7) if shortens else (0, 0, 0, 1, 7, -1, -5))
        return cls(
            passing=dice.choice((0.0, 0.1, 0.3)),
            shortens=shortens,
            unnamed=has_rows and dice.random() < 0.1,
            count_off_by=lie,
            is_untold=is_untold,
            drops_links=dice.random() < 0.15,
            shuffles=dice.random() < 0.5,
        )


@dataclass
class LyingTenant(SmallTenant):
    """The small tenant behind a behavior.

    Attributes:
        dice: Seeded.
        behavior: How it is wrong now.
        listed: Ids that the list holds.
        is_unhealed: Whether somebody joined or left untold, and no run has ended well since.
        told: What happened, for whoever reads a failed run.
    """

    dice: Random = field(default_factory=Random)
    behavior: Behavior = field(default_factory=Behavior)
    listed: frozenset[str] = frozenset()
    is_unhealed: bool = False
    told: list[str] = field(default_factory=list)
    links: int = 0
    earlier: list[httpx.Response] = field(default_factory=list)

    def behave(self, behavior: Behavior) -> None:
        """Be wrong in this way from now on."""
        self.behavior = behavior
        self.count_off_by = behavior.count_off_by
        self.earlier.clear()
        if behavior.drops_links:
            self.expire_delta_links()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the tenant says, made worse."""
        real = super().answer(self._without_mark(request))
        if request.url.path not in _PAGES or real.status_code != httpx.codes.OK:
            return real
        if self.dice.random() < self.behavior.passing:
            return self._passing(request, real)
        body: dict[str, Any] = json.loads(real.content)
        if request.url.path.endswith("/users"):
            self._shorten(body)
        self._dress(body)
        content = json.dumps(body).encode()
        if self.dice.random() < 0.3:
            content += b" " * 5_000
        answer = httpx.Response(200, content=content)
        self.earlier.append(answer)
        return answer

    def _passing(self, request: httpx.Request, real: httpx.Response) -> httpx.Response:
        """A fault that is over when the same is asked again."""
        faults: dict[str, Callable[[], httpx.Response]] = {
            "cut": lambda: cut(request, self),
            "half": lambda: httpx.Response(200, content=real.content[: len(real.content) // 2]),
            "half, long": lambda: httpx.Response(200, content=real.content[:-2] + b" " * 5_000),
            "no value": lambda: httpx.Response(200, json={"@odata.context": "x"}),
            "busy": lambda: refusal(429, "TooManyRequests", {"retry-after": str(self.dice.randint(1, 30))}),
            "unavailable": lambda: refusal(self.dice.choice((500, 502, 503, 504, 520)), "ServiceUnavailable"),
            "html": lambda: httpx.Response(200, text="<html>proxy</html>"),
            "early": lambda: refusal(425, "TooEarly"),
            "repeat": lambda: self._repeat(real),
        }
        name = self.dice.choice(sorted(faults))
        self.told.append(name)
        return faults[name]()

    def _repeat(self, real: httpx.Response) -> httpx.Response:
        """A page that came before, where it can be told from a new one: it has objects."""
        with_objects = [one for one in self.earlier if json.loads(one.content).get("value")]
        is_page_of_users = "@odata.deltaLink" not in json.loads(real.content)
        return self.dice.choice(with_objects) if with_objects and is_page_of_users else real

    def _shorten(self, body: dict[str, Any]) -> None:
        if self.dice.random() >= self.behavior.shortens:
            return
        how = self.dice.choice(("end", "some", "all"))
        self.told.append(f"short: {how}")
        if how == "end":
            body.pop("@odata.nextLink", None)
        else:
            body["value"] = body["value"][: 0 if how == "all" else len(body["value"]) // 2]

    def _dress(self, body: dict[str, Any]) -> None:
        if self.behavior.unnamed:
            body["value"] = [
                # Of somebody new nobody knows that there is a name.
                {
                    key: value if key != "displayName" or one["id"] not in self.listed else None
                    for key, value in one.items()
                }
                for one in body["value"]
            ]
        if not self.behavior.shuffles:
            return
        self.dice.shuffle(body["value"])
        body["value"] = [one | {"id": self.dice.choice((str.upper, str.lower))(one["id"])} for one in body["value"]]
        if "@odata.nextLink" in body:
            self.links += 1
            body["@odata.nextLink"] += f"&mark={self.links}"
            if self.dice.random() < 0.5:
                body["@odata.nextLink"] = body.pop("@odata.nextLink")

    def _without_mark(self, request: httpx.Request) -> httpx.Request:
        if "mark" not in request.url.params:
            return request
        return httpx.Request(request.method, request.url.copy_remove_param("mark"), headers=request.headers)

    # ------------------------------------------------------------ what happens in the tenant

    def live(self, count: int) -> None:
        """Some people join, leave, and change."""
        for _ in range(count):
            number = self.dice.randint(0, 25)
            one = person(number, jobTitle=self.dice.choice(("Clerk", "Chief", "Cook")))
            if self.dice.random() < 0.7:
                self.put(one)
            else:
                self.remove(str(one["id"]))
        if self.behavior.is_untold:
            self.is_unhealed = True
            newcomer = person(100 + self.dice.randint(0, 50))
            if self.dice.random() < 0.5 or not self.people:
                self.people[str(newcomer["id"])] = newcomer
            else:
                self.people.pop(self.dice.choice(sorted(self.people)))
