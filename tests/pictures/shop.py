"""A morning in a small shop, played for the pictures."""

from __future__ import annotations

import struct
import zlib

from core.finding import Finding
from core.message import AttachmentKind
from faq.entry import Entry, EntryState
from tests.pictures.stage import Stage

FINDINGS = (
    Finding("ok", "settings", "settings_fine"),
    Finding("ok", "database", "database_fine", {"backend": "sqlite", "version": "0011"}),
    Finding("ok", "clock", "clock_fine", {"now": "2026-11-28 08:40:00"}),
    Finding("ok", "search", "search_wheels", {"names": "e5+use"}),
    Finding("ok", "Telegram token", "telegram_bot", {"name": "shop_help_bot"}),
    Finding("fatal", "Telegram desk", "desk_no_right"),
    Finding("ok", "vk token", "vk_community", {"number": 229000001, "name": "Магазин"}),
    Finding("warning", "vk long poll", "vk_poll_off", {"names": "message_event, message_edit"}),
    Finding("ok", "website", "website_fine", {"url": "https://desk.shop.example"}),
)
ENTRIES = (
    Entry(
        "delivery-time",
        "Доставка",
        "Сколько идёт доставка?",
        "По Москве — 1–2 дня, по России — 3–7 дней.\nТочную дату покажем при оформлении.",
        ("когда привезут заказ", "сроки доставки", "сколько ждать посылку"),
    ),
    Entry(
        "delivery-price",
        "Доставка",
        "Сколько стоит доставка?",
        "До 5 000 ₽ — 290 ₽, дальше бесплатно.",
        ("цена доставки", "доставка платная?"),
    ),
    Entry(
        "delivery-track",
        "Доставка",
        "Где мой заказ?",
        "Номер для отслеживания приходит по СМС в день отправки. Проверить можно на странице «Мои заказы».",
        ("где посылка", "отследить заказ", "заказ не пришёл"),
    ),
    Entry(
        "pay-ways",
        "Оплата",
        "Какие есть способы оплаты?",
        "Картой на сайте, через СБП или при получении.",
        ("как оплатить", "можно картой?", "оплата при получении"),
    ),
    Entry(
        "pay-failed",
        "Оплата",
        "Не проходит оплата",
        "Попробуйте другую карту или СБП. Деньги за неудачную попытку вернутся сами за 1–3 дня.",
        ("ошибка оплаты", "деньги списались, а заказа нет"),
    ),
    Entry(
        "return-how",
        "Возврат",
        "Как вернуть товар?",
        "В течение 14 дней: заполните заявку в «Моих заказах», курьер заберёт сам.",
        ("хочу вернуть", "возврат товара", "не подошёл размер"),
    ),
    Entry(
        "return-money",
        "Возврат",
        "Когда вернут деньги?",
        "3–10 дней после того, как товар вернулся к нам на склад.",
        ("деньги за возврат",),
    ),
    Entry(
        "sizes",
        "Товары",
        "Как выбрать размер?",
        "Таблица размеров есть на странице каждого товара.",
        ("какой размер брать",),
        state=EntryState.DRAFT,
    ),
    Entry(
        "hello-en",
        "Delivery",
        "How long does delivery take?",
        "1–2 days in Moscow, 3–7 days elsewhere.",
        ("when will my order arrive",),
        language="en",
    ),
)


def picture(width: int = 480, height: int = 320) -> bytes:
    """A PNG of a box on a table, made here."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            in_box = 130 < x < 350 and 90 < y < 260
            is_tape = in_box and (225 < x < 255 or 165 < y < 180)
            rows += bytes((216, 178, 128) if is_tape else (181, 136, 84) if in_box else (228, 232, 236 - y // 8))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )


def play(stage: Stage) -> None:
    """Customers of three channels: some wait, some are answered by the bot, one sent a photo."""
    house = stage.house
    stage.says(
        "Здравствуйте! Сколько идёт доставка в Казань?", "11", "telegram", name="Мария Соколова", username="sokolova"
    )
    stage.says("Есть ли самовывоз у метро?", "11", "telegram", name="Мария Соколова")
    stage.says("оператор", "11", "telegram", name="Мария Соколова")
    stage.says("Заказ 48213, обещали вчера, а его всё нет :(", "11", "telegram", name="Мария Соколова")
    stage.run(
        house.channels["telegram"].sends(
            "11", AttachmentKind.PHOTO, picture(), "Пришла пустая коробка", name="Мария Соколова"
        )
    )
    stage.says("оператор", "21", "vk", name="Тимур Ахметов")
    stage.says(
        "Хочу вернуть кроссовки, не подошёл размер. Как это сделать, если чек потерялся?",
        "21",
        "vk",
        name="Тимур Ахметов",
    )
    stage.says("Можно ли оплатить двумя картами сразу?", "31", "website", name="Гость 48")
    stage.says("позовите человека", "31", "website", name="Гость 48")
    stage.says("Какие есть способы оплаты?", "41", "telegram", name="Ольга Вершинина")
    stage.says("operator", "51", "website", name="James Carter", language="en")
    stage.says(
        "My parcel says delivered, but I have nothing here. Can you check https://shop.example/track/77120?",
        "51",
        "website",
        name="James Carter",
        language="en",
    )
    stage.says("Есть ли у вас подарочная упаковка?", "61", "vk", name="Елена Прекрасная-Долгорукова")
    stage.run(house.settled())
