"""Words as they are said rather than spelt: too far from the spelling to be taken for a slip of the finger."""

_SPOKEN = {
    "сколько": "скоко скока сколька",
    "что": "че чо шо што",
    "когда": "када кагда",
    "только": "тока токо толька",
    "сейчас": "щас ща щаз сичас",
    "вообще": "ваще воще вобще",
    "где": "хде",
    "сегодня": "седня сиводня севодня",
    "почему": "пачему пачиму почиму",
    "кого": "каво ково",
    "чего": "чево чиво",
    "его": "ево",
    "деньги": "деньга денги",
    "пожалуйста": "пожалста пжлст",
}
_SPELT = {said: spelling for spelling, forms in _SPOKEN.items() for said in forms.split()}


def spelling_of(word: str) -> str:
    """The spelling of a word that is written as it is said; the word itself otherwise."""
    return _SPELT.get(word, word)
