"""Exceptions: words that must not be answered, with one entry or at all, whatever the search makes of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from faq.answer import Answer, Clarify, NoMatch, Policy, Verdict, weigh
from faq.index import Index
from faq.normalize import terms

Key = tuple[str, ...]


def words_key(text: str) -> Key:
    """The same for the same words in any order and ending."""
    return tuple(sorted(terms(text)))


class Exceptions:
    """Immutable; safe to share between threads."""

    def __init__(self, pairs: Iterable[tuple[str, str | None]] = ()) -> None:
        """`pairs` of a text and the entry that must not answer it; None: no entry may."""
        self._entries: dict[Key, set[str | None]] = {}
        for text, entry_id in pairs:
            key = words_key(text)
            if key:
                self._entries.setdefault(key, set()).add(entry_id)

    def __len__(self) -> int:
        return len(self._entries)

    def forbidden(self, text: str) -> frozenset[str | None]:
        """Entries that must not answer the text; None among them: no entry may."""
        return frozenset(self._entries.get(words_key(text), ())) if self._entries else frozenset()

    def hold(self, verdicts: Sequence[Verdict], index: Index, policy: Policy) -> list[Verdict]:
        """The verdicts, those on excepted words weighed anew without what must not answer them."""
        return [self._hold(verdict, index, policy) for verdict in verdicts]

    def _hold(self, verdict: Verdict, index: Index, policy: Policy) -> Verdict:
        if not isinstance(verdict, Answer | Clarify):
            return verdict
        forbidden = self.forbidden(verdict.matches.text)
        if not forbidden:
            return verdict
        if None in forbidden:
            return NoMatch(replace(verdict.matches, items=()))
        found = index.search(verdict.matches.text)
        allowed = replace(found, items=tuple(match for match in found if match.entry_id not in forbidden))
        return weigh(index, allowed, policy)
