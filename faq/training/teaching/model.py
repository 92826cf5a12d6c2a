"""E5 with numbers that can be learned: those which taught.py changes in its file.

The network of the engine, in torch: vectors of the pieces and their places, twelve layers of attention, the mean of
what comes out. Source: J. Devlin and others, "BERT: pre-training of deep bidirectional transformers" (2019).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from faq.wheels.taught import BEGINNING, BLOCK, SHARES, places

_MOST_SHARES = 127
_IN_A_BLOCK = 32  # weights


class Model(nn.Module):
    """Numbers of pieces -> unit vectors. `learned` says in the end what is to be changed."""

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self._raw, self._places = raw, places(raw)
        _, _, self._width, self._layers, self._heads, *_, self._least, _ = BEGINNING.unpack_from(raw, 0)
        self._factors, self._weights = self._blocks("emb.word", self._width)
        self._where = self._numbers("emb.pos").reshape(-1, self._width)
        self._kind = self._numbers("emb.type")[: self._width]
        self._own: dict[str, tuple[Tensor, Tensor]] = {}
        self._learned = nn.ParameterDict()
        for name, place in self._places.items():
            if name in ("emb.word", "emb.pos", "emb.type"):
                continue
            if place.is_packed:
                weights = place.size // np.dtype(list(BLOCK)).itemsize * _IN_A_BLOCK
                outputs = self._numbers(name[:-1] + "b").numel()
                self._own[name] = self._blocks(name, weights // outputs)
                self._learned[_key(name)] = nn.Parameter(torch.zeros_like(self._own[name][0]))
            else:
                self._learned[_key(name)] = nn.Parameter(self._numbers(name))

    def shares(self) -> list[Any]:
        """What is learned of the factors."""
        return [self._learned[_key(name)] for name in self._own]

    def others(self) -> list[Any]:
        """What is learned of everything else."""
        own = {_key(name) for name in self._own}
        return [one for key, one in self._learned.items() if key not in own]

    def learned(self) -> dict[str, Any]:
        """What is to be changed in the file, by name, as taught.py has it."""
        found: dict[str, Any] = {}
        for name in self._places:
            if _key(name) not in self._learned:
                continue
            own = self._learned[_key(name)].detach()
            if name in self._own:
                found[name] = (
                    torch.clamp(torch.round(own * SHARES), -_MOST_SHARES, _MOST_SHARES).numpy().astype(np.int8)
                )
            else:
                found[name] = (own - self._numbers(name)).numpy().astype(np.float16)
        return found

    def forward(self, texts: Sequence[Sequence[int]]) -> Any:
        """One row for each text."""
        lengths = torch.tensor([len(one) for one in texts])
        longest = int(lengths.max())
        pieces = torch.tensor([piece for one in texts for piece in one])
        text = torch.repeat_interleave(torch.arange(len(texts)), lengths)
        place = torch.cat([torch.arange(int(length)) for length in lengths])
        rows = (self._weights[pieces].float() * self._factors[pieces][:, :, None]).reshape(len(pieces), -1)
        rows = self._evened(rows + self._where[place] + self._kind, "emb.ln")
        slots = text * longest + place
        is_there = (torch.arange(longest)[None] < lengths[:, None])[:, None, None]
        for layer in range(self._layers):
            heads = [
                self._by_head(self._sums(rows, f"l{layer}.{one}"), slots, is_there.shape[0], longest) for one in "qkv"
            ]
            seen = functional.scaled_dot_product_attention(*heads, attn_mask=is_there)
            seen = seen.transpose(1, 2).reshape(-1, self._width)[slots]
            rows = self._evened(rows + self._sums(seen, f"l{layer}.ao"), f"l{layer}.aln")
            inner = functional.gelu(self._sums(rows, f"l{layer}.fi"))
            rows = self._evened(rows + self._sums(inner, f"l{layer}.fo"), f"l{layer}.oln")
        sums = torch.zeros(len(texts), self._width).index_add(0, text, rows)
        return functional.normalize(sums / lengths[:, None], dim=1)

    def _sums(self, rows: Tensor, name: str) -> Tensor:
        factors, weights = self._own[f"{name}.w"]
        factors = factors * (1 + self._learned[_key(f"{name}.w")])
        whole = (weights * factors[:, :, None]).reshape(len(factors), -1)
        # In 16 bits, as half of the time goes here; the engine itself computes with eight.
        found = functional.linear(rows.bfloat16(), whole.bfloat16()).float()
        return found + self._learned[_key(f"{name}.b")]

    def _evened(self, rows: Tensor, name: str) -> Tensor:
        by, added = self._learned[_key(f"{name}.w")], self._learned[_key(f"{name}.b")]
        return functional.layer_norm(rows, (self._width,), by, added, self._least)

    def _by_head(self, rows: Tensor, slots: Tensor, texts: int, longest: int) -> Tensor:
        padded = torch.zeros(texts * longest, self._width).index_copy(0, slots, rows)
        return padded.view(texts, longest, self._heads, -1).transpose(1, 2)

    def _numbers(self, name: str) -> Tensor:
        place = self._places[name]
        return torch.tensor(np.frombuffer(self._raw, "<f4", place.size // 4, place.start).copy())

    def _blocks(self, name: str, inputs: int) -> tuple[Tensor, Tensor]:
        """Factors and weights: a row for each output, a column for each block of 32 inputs."""
        place, kind = self._places[name], np.dtype(list(BLOCK))
        found = np.frombuffer(self._raw, kind, place.size // kind.itemsize, place.start)
        found = found.reshape(-1, inputs // _IN_A_BLOCK)
        weights = np.concatenate([found["weights"] & 15, found["weights"] >> 4], axis=2).astype(np.int8) - 8
        return torch.tensor(found["factor"].astype(np.float32)), torch.tensor(weights)


def _key(name: str) -> str:
    return name.replace(".", "_")
