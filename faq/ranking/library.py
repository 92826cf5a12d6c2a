"""An FAQ on its shelves: gathers candidates for a query, weighs them and ranks them."""

import operator
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from faq.encoder import Encoder
from faq.entry import Entry
from faq.normalize import normalize, question_of, stems
from faq.ranking.concepts import concepts
from faq.ranking.features import Asked, Near, Scored, Shelves, Wording, letter_features
from faq.ranking.grams import grams
from faq.ranking.shelf import Shelf
from faq.ranking.weights import RICH, Weights, weights_for

if TYPE_CHECKING:
    from faq.ranking.meaning import Meaning

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
        self, entries: Sequence[Entry], *, progress: Progress | None = None, encoder: Encoder | None = None
    ) -> None:
        self.entries = tuple(entries)
        self._owner: list[int] = []
        self._wordings: list[Wording] = []
        self._shelves = Shelves(
            Shelf(grams), Shelf(stems), Shelf(stems), Shelf(stems), Shelf(concepts), Shelf(concepts)
        )
        for number, entry in enumerate(self.entries):
            self._add(number, entry)
            if progress and (number + 1) % _REPORT_EVERY == 0:
                progress(number + 1, len(self.entries))
        self.is_rich = len(self._wordings) >= RICH * len(self.entries) > 0
        for shelf in self._shelves:
            shelf.seal()
        self._meaning = self._learn(encoder) if encoder and self.entries else None
        self.parts = encoder.parts if encoder and self._meaning else ()
        if progress:
            progress(len(self.entries), len(self.entries))

    def _add(self, number: int, entry: Entry) -> None:
        together = [normalize(entry.category)]
        for wording in entry.wordings:
            normal = question_of(normalize(wording))
            self._shelves.grams.add(normal)
            self._shelves.stems.add(normal)
            self._shelves.concepts.add(normal)
            self._owner.append(number)
            self._wordings.append(Wording(wording, normal))
            together.append(normal)
        self._shelves.entries.add(" ".join(together))
        answer = normalize(entry.answer)
        self._shelves.answers.add(answer)
        self._shelves.concepts_answers.add(answer)

    def _learn(self, encoder: Encoder) -> "Meaning":
        # numpy is loaded only where there is an encoder: it costs 30 MB.
        from faq.ranking.meaning import Meaning

        answers = [f"{entry.question} {entry.answer}" for entry in self.entries]
        return Meaning(encoder, [wording.shown for wording in self._wordings], self._owner, answers)

    def familiarity(self, normal: str) -> float:
        """Weighted share (0-1) of the trigrams of a normal form that the FAQ's wordings have."""
        return self._shelves.grams.weigh(normal).familiarity

    def rank(self, normal: str, said: str, pieces: Sequence[str] = ()) -> list[Scored]:
        """Candidates for a normal form, best first; an encoder gets `said`; `pieces` are normal forms of sentences.

        Empty when nothing is shared. An encoder that fails is left out, and the weights are those without it.
        """
        if not normal or not self._wordings:
            return []
        likeness = self._likeness(said)
        weights = weights_for(self.parts if likeness is not None else (), self.is_rich)
        shelves = self._shelves
        asked = Asked(
            normal,
            shelves.grams.weigh(normal),
            shelves.stems.weigh(normal),
            shelves.entries.weigh(normal),
            shelves.answers.weigh(normal),
            shelves.concepts.weigh(normal),
            shelves.concepts_answers.weigh(normal),
            tuple(shelves.concepts.weigh(piece) for piece in pieces),
            tuple(shelves.grams.weigh(piece) for piece in pieces),
        )
        near = self._near(asked, likeness)
        found = [self._score(asked, entry, texts, likeness, weights) for entry, texts in near.items()]
        return sorted(found, key=lambda one: -one.rank)

    def _likeness(self, said: str) -> list[Any] | None:
        if self._meaning is None:
            return None
        try:
            return self._meaning.weigh(said)
        except Exception:
            # An endpoint may be away; letters still find much, and no customer should wait for it.
            return None

    def _near(self, asked: Asked, likeness: list[Any] | None) -> dict[int, list[Near]]:
        """Candidates with their closest wordings by trigrams, as (cosine, number of the wording), closest first."""
        shelves = self._shelves
        numbers = {*shelves.grams.nearest(asked.grams, _TEXTS), *shelves.concepts.nearest(asked.concepts, _TEXTS)}
        for piece in asked.pieces:
            numbers.update(shelves.grams.nearest(piece, _TEXTS // 4))
        texts: dict[int, list[Near]] = defaultdict(list)
        for piece in asked.concepts_pieces:
            numbers.update(shelves.concepts.nearest(piece, _TEXTS // 4))
        for number in numbers:
            texts[self._owner[number]].append((shelves.grams.cosine(asked.grams, number), number))
        for found in texts.values():
            found.sort(reverse=True)
        chosen = sorted(texts, key=lambda entry: -texts[entry][0][0])[:_CANDIDATES]
        chosen += self._by_concepts(asked, texts)
        chosen += shelves.answers.nearest(asked.answer, _BY_ANSWER)
        for _, best, answers in likeness or ():
            chosen += self._meaning.nearest(best, _BY_MEANING) + self._meaning.nearest(answers, _BY_ANSWER)  # type: ignore[union-attr]
        return {entry: texts.get(entry, [])[:_WORDINGS] for entry in chosen}

    def _by_concepts(self, asked: Asked, texts: dict[int, list[Near]]) -> list[int]:
        shelf = self._shelves.concepts
        closest = {
            entry: max(shelf.cosine(asked.concepts, number) for _, number in found) for entry, found in texts.items()
        }
        return sorted(closest, key=lambda entry: -closest[entry])[: _CANDIDATES // 2]

    def _score(
        self,
        asked: Asked,
        entry: int,
        near: list[Near],
        likeness: list[Any] | None,
        weights: Weights,
    ) -> Scored:
        values, shown = letter_features(asked, self._shelves, entry, near, self._wordings)
        if likeness is not None and self._meaning is not None:
            values += self._meaning.features(likeness, entry)
        if shown is None:
            shown = self.entries[entry].question
        rank = sum(map(operator.mul, weights.rank, values))
        return Scored(entry, shown, tuple(values), rank)
