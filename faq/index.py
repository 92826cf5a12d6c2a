"""The immutable index of FAQ entries: text -> ranked matches."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from core.errors import NotFound
from faq.confidence import probabilities, signs
from faq.encoder import Encoder
from faq.entry import Entry, EntryState
from faq.matches import Match, Matches
from faq.normalize import all_readings, as_typed, normalize, question_of
from faq.questions import sentences
from faq.ranking.calibration import UNCHANGED, Calibration, Signs
from faq.ranking.features import Ranked, names
from faq.ranking.library import Library
from faq.ranking.tuned import Tuning
from faq.ranking.weights import ANY, Nets

# Characters from which on the sentences of a message are looked at one by one.
_LONG = 60
# Characters of a text that may be known at sight.
_SHORT = 200
# How much less of a later, less likely reading has to be unknown to the FAQ.
_LATER = 0.1

AT_SIGHT = 0.97
"""Probability (0-1) that a wording known at sight is the entry meant, as measured on labelled messages."""

__all__ = ["Index", "Match", "Matches"]


class Trace(NamedTuple):
    """How a search went: the normal form, the share of it the FAQ knows (0-1), and all candidates, best first.

    `ids` are the entries by number, `features` the names of the features, `scores` the probabilities of `found`, and
    `raw` that of the first before it was corrected for this installation, by what `signs` tell (None: none found).
    """

    normal: str
    familiarity: float
    ids: tuple[str, ...]
    features: tuple[str, ...]
    found: Ranked
    scores: tuple[float, ...]
    raw: float = 0.0
    signs: Signs | None = None


class Index:
    """Published entries, ready to be searched. Safe to share between threads; a new FAQ is a new index."""

    def __init__(self, entries: tuple[Entry, ...], library: Library, calibration: Calibration = UNCHANGED) -> None:
        self.calibration = calibration
        self._entries = {entry.id: entry for entry in entries}
        self._library = library
        self._ids = tuple(self._entries)

    @classmethod
    def build(
        cls,
        entries: Iterable[Entry],
        *,
        progress: Callable[[int, int], None] | None = None,
        encoder: Encoder | None = None,
        calibration: Calibration = UNCHANGED,
        nets: Nets | None = None,
        tuning: Tuning | None = None,
    ) -> "Index":
        """Indexes the published ones of the entries; whether they are valid today is the caller's to know.

        `progress(done, total)` is called now and then; `calibration` corrects the probabilities; `nets` and `tuning`
        are other ones than those that come with the program. Of entries with the same id the last one counts.
        """
        published = {entry.id: entry for entry in entries if entry.state is EntryState.PUBLISHED}
        kept = tuple(published.values())
        return cls(kept, Library(kept, progress=progress, encoder=encoder, nets=nets, tuning=tuning), calibration)

    def search(self, text: str, *, limit: int = 5) -> Matches:
        """The entries that may be meant, best first, at most `limit`; empty when nothing is shared."""
        trace = self.trace(text)
        entries, wordings = trace.found.entries[:limit].tolist(), trace.found.wordings[:limit].tolist()
        items = [
            Match(trace.ids[entry], score, self._library.shown(entry, wording))
            for entry, wording, score in zip(entries, wordings, trace.scores[:limit], strict=True)
        ]
        return Matches(text, tuple(items), trace.normal)

    def recognise(self, text: str) -> Matches | None:
        """The one entry that has these very words, a letter may be wrong; None where it takes a search to know."""
        if len(text) > _SHORT:
            return None
        readings = all_readings(text)
        normal = question_of(readings[0])
        found = self._library.recognise(normal) if len(readings) == 1 else None
        if found is None:
            return None
        return Matches(text, (Match(self._ids[found[0]], AT_SIGHT, self._library.shown(*found)),), normal)

    def trace(self, text: str) -> Trace:
        """Everything a search came by, to explain it and to learn from it."""
        reading = self._read(text)
        normal = question_of(reading)
        meant = text if not self._library.kind or reading == as_typed(text) else reading
        asked = self._library.ask(normal, self._pieces(text, normal))
        found = self._library.rank(asked, meant)
        # An encoder that failed leaves fewer features than it should.
        is_meant = found.features.shape[1] == len(names(ANY))
        features = names(self._library.kind if is_meant else "")
        if not len(found.ranks):
            return Trace(normal, found.query.familiarity, self._ids, features, found, ())
        told = Signs(signs(found.features, found.ranks, found.query), self._library.mark(is_meant))
        scores = probabilities(found, self._library.nets(is_meant), told.told)
        corrected = tuple(self.calibration.apply(scores, told))
        return Trace(normal, found.query.familiarity, self._ids, features, found, corrected, scores[0], told)

    def _read(self, text: str) -> str:
        """The reading of the keys whose words the FAQ knows best."""
        readings = all_readings(text)
        if len(readings) == 1:
            return readings[0]
        known = [self._library.familiarity(question_of(reading)) - _LATER * at for at, reading in enumerate(readings)]
        return readings[known.index(max(known))]

    def _pieces(self, text: str, normal: str) -> list[str]:
        """Normal forms of the sentences of a long message; none when it has but one."""
        if len(normal) < _LONG:
            return []
        pieces = [question_of(self._read(sentence)) for sentence in sentences(text)]
        return pieces if len(pieces) > 1 else []

    def entry(self, entry_id: str) -> Entry:
        """The entry with this id; raises NotFound."""
        if entry_id not in self._entries:
            raise NotFound(f"There is no FAQ entry {entry_id!r}.")
        return self._entries[entry_id]

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
