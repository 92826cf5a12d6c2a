"""The immutable index of FAQ entries: text -> ranked matches."""

from collections.abc import Callable, Iterable, Sequence

from core.errors import NotFound
from faq.confidence import probabilities
from faq.entry import Entry, EntryState
from faq.matches import Match, Matches
from faq.normalize import all_readings, normalize, question_of
from faq.ranking.features import Library, Scored

__all__ = ["Index", "Match", "Matches"]


class Index:
    """Published entries, ready to be searched. Safe to share between threads; a new FAQ is a new index."""

    def __init__(self, entries: tuple[Entry, ...], library: Library) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._library = library

    @classmethod
    def build(
        cls,
        entries: Iterable[Entry],
        *,
        progress: Callable[[int, int], None] | None = None,
        encoder: object | None = None,
    ) -> "Index":
        """Indexes the published ones of the entries; whether they are valid today is the caller's to know.

        `progress(done, total)` is called now and then. Of entries with the same id the last one counts.
        """
        published = {entry.id: entry for entry in entries if entry.state is EntryState.PUBLISHED}
        kept = tuple(published.values())
        return cls(kept, Library.of(kept, progress=progress))

    def search(self, text: str, *, limit: int = 5) -> Matches:
        """The entries that may be meant, best first, at most `limit`; empty when nothing is shared."""
        best: list[Scored] = []
        best_normal = ""
        for reading in all_readings(text):
            normal = question_of(reading)
            found = self._library.rank(normal)
            if not best or (found and found[0].rank > best[0].rank):
                best, best_normal = found, normal
        scores = probabilities(best)
        items = [
            Match(self._library.entries[one.entry].id, score, one.wording)
            for one, score in zip(best[:limit], scores, strict=False)
        ]
        return Matches(text, tuple(items), best_normal)

    def entry(self, entry_id: str) -> Entry:
        """The entry with this id; raises NotFound."""
        try:
            return self._entries[entry_id]
        except KeyError:
            raise NotFound(f"There is no FAQ entry {entry_id!r}.") from None

    def is_wording(self, normal: str, entry_id: str) -> bool:
        """Whether an entry has these very words, in normal form, as its question or a phrasing."""
        return any(question_of(normalize(wording)) == normal for wording in self.entry(entry_id).wordings)

    @property
    def entries(self) -> Sequence[Entry]:
        """All entries, in the order given."""
        return tuple(self._entries.values())

    def categories(self, language: str | None = None) -> tuple[str, ...]:
        """Categories in the order of their first entry, of one language or of all."""
        chosen = (entry for entry in self._entries.values() if language in (None, entry.language))
        return tuple(dict.fromkeys(entry.category for entry in chosen if entry.category))

    def entries_in(self, category: str) -> tuple[Entry, ...]:
        """The entries of a category, in the order given."""
        return tuple(entry for entry in self._entries.values() if entry.category == category)

    def __len__(self) -> int:
        return len(self._entries)
