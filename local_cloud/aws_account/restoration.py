"""Brings an AWS account back: carries the journal's requests out once more, and shortens a journal that has grown.

A shorter journal takes the longer one's place only after it was seen to give the same account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from moto.moto_api._internal import mock_random

from local_cloud.aws_account.compaction import Watch
from local_cloud.aws_account.contents import contents, end_messages, withdraw_messages
from local_cloud.aws_account.deliveries import deliveries_noted_in
from local_cloud.aws_account.journal import Journal
from local_cloud.aws_account.moto_patches import clock_at
from local_cloud.aws_account.requests import Answer, ApiRequest

_WORTH_DROPPING = 1_000
"""Entries of the journal that do not matter any more: fewer are left where they are."""

_CONDITIONS = "if-match", "if-none-match"
"""Headers of a request that was carried out, and must be again whatever was dropped before it."""


class Restoration:
    """The way from a journal to the account that it tells of."""

    def __init__(self, journal: Journal, carry_out: Callable[[ApiRequest], Answer], forget: Callable[[], None]) -> None:
        """Prepare it.

        Args:
            journal: the requests.
            carry_out: carries out one of them.
            forget: empties the account.
        """
        self._journal = journal
        self._carry_out = carry_out
        self._forget = forget
        self._requests = 0

    def run(self) -> int:
        """Fill the account, which is empty; return the number of the last request, on which the next one's ids rest."""
        watch = self._carry_out_all(self._journal)
        kept = watch.kept()
        if is_worth_it(watch.count - len(kept), len(kept)):
            self._compact(kept)
        return self._requests

    def _carry_out_all(self, journal: Journal) -> Watch:
        watch = Watch()
        with deliveries_noted_in(watch.sent):
            for entry, body in journal.entries():
                self._requests = max(self._requests + 1, entry.get("seed", 0))
                if "ended" in entry:
                    end_messages(entry["queue"], set(entry["ended"]))
                    watch.skip()
                    continue
                mock_random.seed(entry.get("seed", self._requests))
                request = ApiRequest(entry["method"], entry["url"], entry["headers"], body)
                there_before = watch.before(request)
                with clock_at(datetime.fromisoformat(entry["at"])):
                    answer = self._answer(request)
                watch.after(request, there_before, answer)
                withdraw_messages(set(entry.get("gone", ())))
        mock_random.seed()
        return watch

    def _answer(self, request: ApiRequest) -> Answer:
        """What moto failed on when it was sent, it fails on again; that must not keep the account closed."""
        try:
            return self._carry_out(request)
        except Exception as error:
            return 500, {}, f"{type(error).__name__}: {error}"

    def _compact(self, kept: Mapping[int, list[str]]) -> None:
        before, requests = contents(), self._requests
        draft = self._journal.draft(_kept_entries(self._journal, kept))
        self._forget()
        self._carry_out_all(draft)
        self._requests = max(self._requests, requests)
        if contents() == before:
            self._journal.adopt(draft)
            return
        draft.discard()
        self._forget()
        self._requests = 0
        self._carry_out_all(self._journal)


def is_worth_it(dropped: int, kept: int) -> bool:
    """Whether a journal is written anew: at least every other entry would go, so its length stays in proportion."""
    return dropped >= max(_WORTH_DROPPING, kept)


def _kept_entries(journal: Journal, kept: Mapping[int, list[str]]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield a journal's entries that matter, with their place in it as their seed and without conditions."""
    for number, (entry, body) in enumerate(journal.entries()):
        if number in kept:
            headers = {name: value for name, value in entry["headers"].items() if name.lower() not in _CONDITIONS}
            gone = sorted({*entry.get("gone", ()), *kept[number]})
            yield {"seed": number + 1, **entry, "headers": headers, **({"gone": gone} if gone else {})}, body
