"""Values given on the command line as YAML, of which JSON is a part."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from core.errors import InvalidInput

_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d*)")


def read_yaml(text: str) -> Any:
    """The value; times of day and dates stay words. Raises InvalidInput with the line of the fault."""
    import yaml

    try:
        return yaml.load(text, Loader=_loader())  # noqa: S506  # a SafeLoader that reads less
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise InvalidInput(f"this is no YAML{where}: put texts with colons in quotes, or give it by a file") from None


@cache
def _loader() -> Any:
    """09:30 is no number in base sixty, and 2026-05-01 a day's name."""
    import yaml

    class Plain(yaml.SafeLoader):
        pass

    unwanted = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int")
    Plain.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in known if tag not in unwanted]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Plain.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(f"^(?:{_NUMBER.pattern})$"), list("-+0123456789"))
    return Plain
