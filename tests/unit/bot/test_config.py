"""Settings: defaults, errors that help, secrets that stay secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import Config, load_config, setting_name, unknown_settings
from core.errors import InvalidInput

EXAMPLE = Path(__file__).parents[3] / "deploy" / "env.example"
TOKEN = "123456:SECRET-part_of-token"


def test_empty_environment_gives_the_defaults() -> None:
    config = load_config({})
    assert config.database_url == "sqlite:///var/otklik.db"
    assert (config.http_host, config.http_port, config.language) == ("127.0.0.1", 8080, "ru")
    assert config.telegram_token is None
    assert config.zone.key == "Europe/Moscow"


@pytest.mark.parametrize(
    ("given", "port", "base"),
    [
        ({}, 0, "http://127.0.0.1:8080"),
        ({"OTKLIK_HTTP_HOST": "0.0.0.0", "OTKLIK_HTTP_PORT": "80"}, 0, "http://127.0.0.1:80"),
        ({"OTKLIK_HTTP_HOST": "::"}, 0, "http://[::1]:8080"),
        ({"OTKLIK_HTTP_HOST": "fd00::7"}, 0, "http://[fd00::7]:8080"),
        ({"OTKLIK_HTTP_PORT": "0"}, 0, "http://127.0.0.1:PORT"),
        ({"OTKLIK_HTTP_PORT": "0"}, 40123, "http://127.0.0.1:40123"),
        ({"OTKLIK_PUBLIC_URL": "https://help.example/"}, 40123, "https://help.example"),
    ],
)
def test_where_people_open_it(given: dict[str, str], port: int, base: str) -> None:
    assert load_config(given).base_url(port) == base


def test_empty_values_are_no_values() -> None:
    assert load_config({"OTKLIK_HTTP_PORT": "", "OTKLIK_TELEGRAM_TOKEN": "  "}) == load_config({})


def test_values_are_trimmed() -> None:
    config = load_config(
        {
            "OTKLIK_TELEGRAM_TOKEN": f" {TOKEN} ",
            "OTKLIK_TELEGRAM_DESK_CHAT": " -100123 ",
            "OTKLIK_LOG_LEVEL": "DEBUG",
            "OTKLIK_VK_API_URL": "http://127.0.0.1:9/",
        }
    )
    assert config.telegram_token is not None
    assert config.telegram_token.get_secret_value() == TOKEN
    assert config.telegram_desk_chat == -100123
    assert config.log_level == "debug"
    assert config.vk_api_url == "http://127.0.0.1:9"


def test_groups_by_level() -> None:
    config = load_config({"OTKLIK_TELEGRAM_DESK_CHAT": "-1", "OTKLIK_TELEGRAM_DESK_CHATS": " 2=-100123, 3 = -100456 "})
    assert config.telegram_desk_chats == {2: -100123, 3: -100456}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP_PORT", "eighty"),
        ("HTTP_PORT", "70000"),
        ("LANGUAGE", "de"),
        ("TIMEZONE", "Europe/Nowhere"),
        ("TIMEZONE", "Europe"),
        ("TIMEZONE", "../../etc/passwd"),
        ("PUBLIC_URL", "example.org"),
        ("TELEGRAM_API_URL", "ftp://example.org"),
        ("TELEGRAM_MODE", "push"),
        ("TELEGRAM_DESK_CHAT", "the group"),
        ("TELEGRAM_DESK_CHAT", "100"),
        ("TELEGRAM_DESK_CHATS", "-100123"),
        ("TELEGRAM_DESK_CHATS", "2=100123"),
        ("TELEGRAM_DESK_CHATS", "4=-100123"),
        ("TELEGRAM_DESK_CHATS", "2=-100123,2=-100456"),
        ("TELEGRAM_DESK_CHATS", "2=-100123,"),
        ("VK_GROUP_ID", "club5"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_faulty_value_is_named_in_one_line(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_config({f"OTKLIK_{name}": value})
    text = str(caught.value)
    assert f"OTKLIK_{name} must be" in text
    assert repr(value) in text
    assert "\n" not in text


@pytest.mark.parametrize("name", ["TELEGRAM_TOKEN", "TELEGRAM_SECRET", "VK_TOKEN", "VK_SECRET"])
def test_faulty_secret_is_not_shown(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_config({f"OTKLIK_{name}": "hush hush/" * 30})
    assert f"OTKLIK_{name}" in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(("name", "fits"), [("TELEGRAM_SECRET", "A-Z a-z 0-9"), ("VK_SECRET", "Latin letters")])
def test_secret_in_other_letters_is_told_what_fits(name: str, fits: str) -> None:
    with pytest.raises(InvalidInput, match=fits):
        load_config({f"OTKLIK_{name}": "длинное-слово"})


def test_password_in_an_address_is_not_shown() -> None:
    with pytest.raises(InvalidInput) as caught:
        load_config({"OTKLIK_PUBLIC_URL": "me:hush@example.org"})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_MODE": "webhook"}, ["PUBLIC_URL", "TELEGRAM_SECRET"]),
        ({"TELEGRAM_DESK_CHATS": "2=-100123"}, ["TELEGRAM_DESK_CHAT"]),
        ({"VK_TOKEN": "vk1.a"}, ["VK_GROUP_ID"]),
        ({"VK_TOKEN": "vk1.a", "VK_GROUP_ID": "1", "VK_MODE": "callback"}, ["VK_SECRET"]),
    ],
)
def test_settings_that_need_others(given: dict[str, str], missing: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_config({f"OTKLIK_{name}": value for name, value in given.items()})
    assert all(f"OTKLIK_{name}" in str(caught.value) for name in missing)
    assert TOKEN not in str(caught.value)


def test_printing_shows_no_secret() -> None:
    config = load_config(
        {
            "OTKLIK_TELEGRAM_TOKEN": TOKEN,
            "OTKLIK_DATABASE_URL": "postgresql://me:hush@host/db",
            "OTKLIK_VK_SECRET": "quiet",
        }
    )
    for text in (repr(config), str(config), config.model_dump_json(exclude={"database_url"})):
        assert TOKEN not in text
        assert "hush" not in text
        assert "quiet" not in text


def test_dotenv_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Config.model_fields:
        monkeypatch.delenv(setting_name(name), raising=False)
    (tmp_path / ".env").write_text("\ufeffOTKLIK_HTTP_PORT=1\nOTKLIK_LANGUAGE=en\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OTKLIK_HTTP_PORT", "2")
    config = load_config()
    assert (config.http_port, config.language) == (2, "en")


def test_dotenv_in_another_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes("# настройки\n".encode("cp1251"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match="UTF-8"):
        load_config()


def test_misspelt_setting_is_found() -> None:
    assert unknown_settings({"OTKLIK_TELEGRAM_TOKN": "x", "OTKLIK_ZZZ": "", "PATH": ""}) == {
        "OTKLIK_TELEGRAM_TOKN": "OTKLIK_TELEGRAM_TOKEN",
        "OTKLIK_ZZZ": "",
    }


def test_example_file_lists_every_setting_with_its_default() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    listed = dict(line.split("=", 1) for line in lines if re.match(r"OTKLIK_", line))
    assert list(listed) == [setting_name(name) for name in Config.model_fields]
    assert load_config(listed) == load_config({})
    for name, field in Config.model_fields.items():
        assert listed[setting_name(name)] == ("" if field.default is None else str(field.default))


def test_example_file_says_something_about_each_group() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("OTKLIK_"):
            assert lines[number - 1].startswith(("#", "OTKLIK_")), line
