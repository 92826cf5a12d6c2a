"""An FAQ on its shelves: gathers candidates for a query, weighs them and ranks them."""

from collections.abc import Callable, Sequence

import numpy as np

from faq.encoder import Encoder
from faq.entry import Entry
from faq.normalize import grams, normalize, question_of, stems
from faq.ranking.apart import WordsApart
from faq.ranking.concepts import concepts
from faq.ranking.features import Asked, Near, Ranked, Shelves, letter_features
from faq.ranking.meaning import Likeness, Meaning
from faq.ranking.quick import Quick
from faq.ranking.ranks import Said, rank_values, said
from faq.ranking.shelf import Floats, Numbers, Shelf, distinct, run_starts
from faq.ranking.traits import Traits
from faq.ranking.tuned import Tuning
from faq.ranking.weights import Nets, edition, kind_of, nets_for
from faq.words.frequency import common
from faq.words.senses import senses

_TEXTS = 40
_CANDIDATES = 16
_BY_MEANING = 16
_BY_ANSWER = 4
_WORDINGS = 4
_REPORT_EVERY = 500

Progress = Callable[[int, int], None]


class Library:
    """The wordings of an FAQ by trigrams and stems, its answers by stems, and its meanings if there is an encoder."""

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        progress: Progress | None = None,
        encoder: Encoder | None = None,
        nets: Nets | None = None,
        tuning: Tuning | None = None,
    ) -> None:
        """`nets` and `tuning` are other ones than those that come with the program."""
        self.entries = tuple(entries)
        self._nets = nets
        self._shown: list[str] = []
        self._texts: list[str] = []  # the words of the wordings, sorted
        self._shelves = Shelves(
            *(Shelf(common().grams if name == "grams" else common().words) for name in Shelves._fields)
        )
        self._quick = Quick()
        owner: list[int] = []
        for number, entry in enumerate(self.entries):
            owner += [number] * len(entry.wordings)
            self._add(number, entry)
            if progress and (number + 1) % _REPORT_EVERY == 0:
                progress(number + 1, len(self.entries))
        self._owner = np.array(owner, dtype=np.intp)
        self._size = Traits(len(self.entries), len(owner) / (len(self.entries) or 1))
        for shelf in self._shelves:
            shelf.seal()
        self._quick.seal()
        # With an encoder its vectors tell the entries apart; words would only make the search too sure.
        self._apart = WordsApart((self._shelves.grams, self._shelves.stems), [] if encoder else owner)
        self._meaning = self._learn(encoder, tuning) if encoder and self.entries else None
        self.kind = kind_of(encoder) if encoder and self._meaning else ""
        self._encoder = encoder.name if encoder and self._meaning else ""
        if progress:
            progress(len(self.entries), len(self.entries))

    def _add(self, number: int, entry: Entry) -> None:
        together = list(stems(normalize(entry.category)))
        for wording in entry.wordings:
            normal = question_of(normalize(wording))
            own = stems(normal)
            self._shelves.grams.add(grams(normal))
            self._shelves.stems.add(own)
            self._shelves.concepts.add(concepts(own))
            self._shelves.senses.add(senses(own))
            self._quick.add(number, len(self._shown), normal, own)
            self._shown.append(wording)
            self._texts.append(_sorted(normal))
            together += own
        self._shelves.entries.add(together)
        answer = stems(normalize(entry.answer))
        self._shelves.answers.add(answer)
        self._shelves.concepts_answers.add(concepts(answer))
        self._shelves.senses_answers.add(senses(answer))
        self._shelves.senses_entries.add(senses([*together, *answer]))

    def _learn(self, encoder: Encoder, tuning: Tuning | None) -> Meaning:
        answers = [f"{entry.question} {entry.answer}" for entry in self.entries]
        return Meaning(encoder, self._shown, self._owner.tolist(), answers, tuning)

    def nets(self, is_meant: bool) -> Nets:
        """The nets for searches with meaning, or without."""
        if self._nets and is_meant == bool(self.kind):
            return self._nets
        return nets_for(self.kind if is_meant else "")

    def mark(self, is_meant: bool) -> str:
        """What the signs of a search are made with, see calibration.Signs; "" for nets that do not come with us."""
        return "" if self._nets else f"{edition()}/{self._encoder if is_meant else ''}"

    def familiarity(self, normal: str) -> float:
        """Weighted share (0-1) of the trigrams of a normal form that the FAQ's wordings have."""
        return self._shelves.grams.weigh(grams(normal)).familiarity

    def recognise(self, normal: str) -> tuple[int, int] | None:
        """Entry and wording that have these very words, a letter may be wrong; None when it takes a search."""
        return self._quick.find(normal)

    def shown(self, entry: int, wording: int) -> str:
        """A wording as it was written; the question of the entry for -1."""
        return self._shown[wording] if wording >= 0 else self.entries[entry].question

    def ask(self, normal: str, pieces: Sequence[str] = ()) -> Asked:
        """A normal form as a query; `pieces` are normal forms of its sentences."""
        shelves = self._shelves
        own = stems(normal)
        meant, like = concepts(own), senses(own)
        return Asked(
            words=_sorted(normal),
            grams=shelves.grams.weigh(grams(normal)),
            stems=shelves.stems.weigh(own),
            entry=shelves.entries.weigh(own),
            answer=shelves.answers.weigh(own),
            concepts=shelves.concepts.weigh(meant),
            concepts_answer=shelves.concepts_answers.weigh(meant),
            senses=shelves.senses.weigh(like),
            senses_entry=shelves.senses_entries.weigh(like),
            senses_answer=shelves.senses_answers.weigh(like),
            pieces=tuple(shelves.grams.weigh(grams(piece)) for piece in pieces),
            concepts_pieces=tuple(shelves.concepts.weigh(concepts(stems(piece))) for piece in pieces),
            senses_pieces=tuple(shelves.senses.weigh(senses(stems(piece))) for piece in pieces),
        )

    def rank(self, asked: Asked, text: str) -> Ranked:
        """Candidates for a query, best first; an encoder gets `text`.

        Empty when nothing is shared. An encoder that fails is left out, and the weights are those without it.
        """
        likeness = self._likeness(text) if asked.words and self._shown else None
        near = self._near(asked, likeness)
        features, wordings = letter_features(
            asked, self._shelves, near, [self._texts[at] for at in near.wordings.tolist()]
        )
        if likeness is not None and self._meaning is not None:
            features = np.hstack([features, self._meaning.features(likeness, near.entries)])
        else:
            features = np.hstack([features, self._apart.of((asked.grams, asked.stems), near.entries)[:, None]])
        query = self._said(asked, likeness)
        if not len(features):
            return Ranked(near.entries, wordings, features, np.zeros(0), query)
        ranks = self.nets(likeness is not None).rank(rank_values(features, query))
        order = (-ranks).argsort(kind="stable")
        return Ranked(near.entries[order], wordings[order], features[order], ranks[order], query)

    def _said(self, asked: Asked, likeness: Likeness | None) -> Said:
        if likeness is None or self._meaning is None:
            return said(asked.words, asked.grams.familiarity, self._size)
        closest = float(likeness.best.max())
        return said(asked.words, asked.grams.familiarity, self._meaning.traits, likeness.elsewhere, closest)

    def _likeness(self, text: str) -> Likeness | None:
        if self._meaning is None:
            return None
        try:
            return self._meaning.weigh(text)
        except Exception:
            # An endpoint may be away; letters still find much, and no customer should wait for it.
            return None

    def _near(self, asked: Asked, likeness: Likeness | None) -> Near:
        shelves = self._shelves
        nearest = [shelves.grams.nearest(asked.grams, _TEXTS), shelves.concepts.nearest(asked.concepts, _TEXTS)]
        nearest.append(shelves.senses.nearest(asked.senses, _TEXTS))
        nearest += [shelves.grams.nearest(piece, _TEXTS // 4) for piece in asked.pieces]
        nearest += [shelves.concepts.nearest(piece, _TEXTS // 4) for piece in asked.concepts_pieces]
        # Wordings are numbered entry by entry, so those of an entry stay together.
        numbers = distinct(np.concatenate(nearest))
        owners = self._owner[numbers]
        cosines = shelves.grams.cosines(asked.grams, shelves.grams.rows(numbers))
        starts = run_starts(owners)
        chosen = [shelves.answers.nearest(asked.answer, _BY_ANSWER)]
        if len(numbers):
            meant = shelves.concepts.cosines(asked.concepts, shelves.concepts.rows(numbers))
            entries = owners[starts]
            like = shelves.senses.cosines(asked.senses, shelves.senses.rows(numbers))
            chosen.append(entries[_greatest(np.maximum.reduceat(like, starts), _CANDIDATES // 2)])
            chosen.append(entries[_greatest(np.maximum.reduceat(cosines, starts), _CANDIDATES)])
            chosen.append(entries[_greatest(np.maximum.reduceat(meant, starts), _CANDIDATES // 2)])
        if likeness is not None:
            chosen += [_greatest(likeness.best, _BY_MEANING), _greatest(likeness.evened, _BY_MEANING // 2)]
            chosen += [_greatest(likeness.answers, _BY_ANSWER), _greatest(likeness.apart, _BY_MEANING // 2)]
        return _closest(distinct(np.concatenate(chosen)), numbers, owners, cosines)


def _closest(entries: Numbers, numbers: Numbers, owners: Numbers, cosines: Floats) -> Near:
    """The candidates with the closest of their wordings."""
    if not len(numbers):
        return Near(entries, numbers, owners, cosines)
    order = np.lexsort((-numbers, -cosines, owners))
    owners = owners[order]
    places = entries.searchsorted(owners)
    within = np.arange(len(owners)) - owners.searchsorted(owners)
    is_kept = (within < _WORDINGS) & (entries.take(places, mode="clip") == owners)
    order = order[is_kept]
    return Near(entries, numbers[order], places[is_kept], cosines[order])


def _greatest(values: Floats, count: int) -> Numbers:
    """Places of the greatest values, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    return values.argpartition(len(values) - count)[-count:]


def _sorted(normal: str) -> str:
    return " ".join(sorted(normal.split()))
