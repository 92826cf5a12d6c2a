"""Words around a question that are not part of it: greetings, politeness, "I have a question"."""

import re

# Patterns over normal forms, joined into one and taken off either edge as long as something comes off.
_OPENING = (
    r"(?:(?:здравствуй(?:те)?|здраст[а-я]*|здрасьте|драсте|привет(?:ик|ствую)?|приветы|хай|салют|алло|але|ау|эй|"
    r"добрый (?:день|вечер)|доброе утро|доброго (?:дня|вечера|утра|времени суток)|доброй ночи|добрый|"
    r"hi|hello|hey|hiya|heya|good (?:morning|day|evening|afternoon)|greetings|dear|team|there|guys|sir|madam|mam)"
    r"(?: (?:всем|вам|еще раз))?)",
    r"(?:подскажите|подскажи|скажите|скажи|расскажите|объясните|поясните|помогите|помоги|ответьте|напомните|"
    r"посоветуйте|проконсультируйте|извините|извиняюсь|простите|прошу прощения|пардон|"
    r"уважаемые?|ребята?|девушка|товарищи|народ|люди|друзья|господа)(?: (?:мне|нам|плиз|пож|пожалуйста))?",
    r"(?:у меня (?:к вам )?(?:есть )?(?:такой |один |вот такой |маленький |небольшой )?(?:вопрос|вопросик|проблема)"
    r"(?: такой| следующий)?|вопрос(?: такой)?|такой вопрос|хочу (?:спросить|узнать|уточнить)|"
    r"хотел(?:а|ось|ось бы| бы|а бы)? (?:спросить|узнать|уточнить)|интересует(?: вопрос)?|меня интересует|"
    r"не подскажете|не подскажите|можете (?:подсказать|сказать)|можно (?:узнать|спросить|уточнить)|"
    r"дело в том что|короче(?: говоря)?|в общем|вобщем|слушайте|слушай|смотрите|такое дело|"
    r"не знаете(?: ли)?|вы не знаете)",
    r"(?:please|pls|plz|kindly|excuse me|sorry|i have a question|quick question|i want to know|i would like to know|"
    r"i d like to know|just wondering|can you (?:please )?(?:tell|help) me(?: with)?|could you (?:please )?tell me|"
    r"tell me|let me know|may i know|can i (?:ask|know)|do you know|i was wondering if|ok so|so|well|um|uh|hmm)",
    r"(?:а|и|ну|вот|так|ой|ох|эх|блин|же|ли|то|кстати|пож|плиз|плз|пжлст|пж|пожалуйста|пожалуста|пожалста|пжл|плис|спс|ок|"
    r"окей)",
)
_CLOSING = (
    r"(?:спасибо(?: большое| заранее| вам)*|заранее спасибо|благодарю(?: вас)?|пожалуйста|пожалуста|пожалста|пжлст|"
    r"пж|пжл|"
    r"плиз|плз|плис|пож|спс|подскажите|скажите|помогите|а|ну|блин|же|ау|алло|кто знает|если можно|"
    r"thanks(?: in advance| a lot)?|thank you(?: in advance| so much| very much)?|thx|please|pls|plz|"
    r"sir|madam|mam|guys)",
)
_EDGE_BEFORE = re.compile(rf"^(?:(?:{'|'.join(_OPENING)})(?: |$))+")
_EDGE_AFTER = re.compile(rf"(?:(?:^| )(?:{'|'.join(_CLOSING)}))+$")


def strip_noise(normal: str) -> str:
    """What is left of a normal form without the noise at its edges; "" when it was noise alone."""
    before = None
    while normal != before:
        before = normal
        normal = _EDGE_BEFORE.sub("", normal)
        normal = _EDGE_AFTER.sub("", normal)
    return normal
