"""The process's settings: from the environment and `.env`, checked once, in words when wrong."""

import io
import ipaddress
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import BaseModel, BeforeValidator, Field, ValidationError, field_validator

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder, where bot.py lies; relative paths in settings start here."""


class StartupError(Exception):
    """Something that keeps the bot from starting: what is wrong, and what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}。{remedy}")
        self.problem = problem
        self.remedy = remedy


def _split(value: object) -> object:
    """Accept a JSON list or items separated by commas or blanks."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith("["):
        items = json.loads(text)
        return [str(item) if isinstance(item, int) else item for item in items]
    return [item for item in re.split(r"[\s,，]+", text) if item]


_HOST_AND_PORT = re.compile(r"(?:[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")

Items = Annotated[list[str], BeforeValidator(_split)]


class Settings(BaseModel):
    """Every process-wide setting; the field's name in capitals is the variable's name."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    superusers: Items = []
    command_start: Items = ["/", "#"]
    onebot_access_token: str = ""
    onebot_ws_urls: Items = []
    database_url: str = ""
    data_dir: str = "data"
    encryption_keys: Items = []
    sandbox: Literal["auto", "on", "off"] = "auto"
    pacing: Literal["on", "off"] = "on"
    picture_hosts: Items = []
    log_level: Literal["TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    timezone: str = "Asia/Shanghai"

    @field_validator("host", "database_url", "data_dir", "onebot_access_token", mode="after")
    @classmethod
    def _trimmed(cls, value: str) -> str:
        return value.strip()

    @field_validator("superusers", mode="after")
    @classmethod
    def _numbers(cls, value: list[str]) -> list[str]:
        if wrong := [item for item in value if not item.isascii() or not item.isdecimal()]:
            raise ValueError(f"“{wrong[0]}”不是 QQ 号")
        return value

    @field_validator("sandbox", "pacing", mode="before")
    @classmethod
    def _switch(cls, value: object) -> object:
        words = {"true": "on", "1": "on", "yes": "on", "false": "off", "0": "off", "no": "off"}
        text = str(value).strip().lower()
        return words.get(text, text)

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> str:
        return str(value).strip().upper()

    @field_validator("onebot_ws_urls", mode="after")
    @classmethod
    def _websockets(cls, value: list[str]) -> list[str]:
        if wrong := [item for item in value if not item.startswith(("ws://", "wss://"))]:
            raise ValueError(f"“{wrong[0]}”不是 ws:// 或 wss:// 地址")
        return value

    @field_validator("picture_hosts", mode="after")
    @classmethod
    def _hosts_with_ports(cls, value: list[str]) -> list[str]:
        if wrong := [item for item in value if not _HOST_AND_PORT.fullmatch(item)]:
            raise ValueError(f"“{wrong[0]}”不是 主机:端口，例如 127.0.0.1:8090")
        return value

    @field_validator("command_start", mode="after")
    @classmethod
    def _some_start(cls, value: list[str]) -> list[str]:
        if not value or any(len(item) != 1 for item in value):
            raise ValueError("要写一个或几个单字符前缀，例如 / #")
        return value

    @field_validator("timezone", mode="after")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"没有“{value}”这个时区，例如 Asia/Shanghai") from error
        return value

    @property
    def data_path(self) -> Path:
        """The data folder, absolute."""
        return (ROOT / Path(self.data_dir).expanduser()).resolve()

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the port."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def sandbox_enabled(self) -> bool:
        """Whether the simulated group runs: by choice, else only where no gateway is configured."""
        if self.sandbox == "auto":
            return self.loopback and not self.onebot_ws_urls and not self.onebot_access_token
        return self.sandbox == "on"

    @property
    def effective_database_url(self) -> str:
        """DATABASE_URL, or an SQLite file in the data folder."""
        return self.database_url or f"sqlite://{self.data_path / 'pinbang.db'}"

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is a file that only one process may use."""
        return self.effective_database_url.startswith("sqlite")


def read_environment(root: Path = ROOT) -> dict[str, str]:
    """Merge `.env`, `.env.<ENVIRONMENT>` and the environment; the later one wins."""
    values: dict[str, str] = {}
    environment = os.environ.get("ENVIRONMENT", "prod")
    for name in (".env", f".env.{environment}"):
        path = root / name
        if path.is_file():
            loaded = _read_file(path)
            values.update({key.upper(): value or "" for key, value in loaded.items()})
    for key, value in os.environ.items():
        if value.strip() or key.upper() not in values:
            values[key.upper()] = (
                value  # an empty variable means "not set", as compose files have it
            )
    return values


def _read_file(path: Path) -> dict[str, str | None]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(
            f"读不了 {path.name}（{type(error).__name__}）", "请把它存成 UTF-8 编码并允许读取"
        ) from error
    for line in parse_stream(io.StringIO(text)):
        if line.error or (line.key and line.value is None):
            name = re.split(r"[\s=:：]", line.original.string.strip())[0][:40]
            if "=" in line.original.string:
                raise StartupError(
                    f"{path.name} 里“{name}”这一行的引号没有配对", "请前后都写上引号，或都不写"
                )
            raise StartupError(
                f"{path.name} 里“{name}”这一行没有等号", "请写成 名称=值，或在行首加 # 注释掉"
            )
    return dotenv_values(stream=io.StringIO(text))


def _in_words(error: Any) -> str:
    """Say in Chinese what a setting must be like."""
    limits = error.get("ctx") or {}
    match error["type"]:
        case "int_parsing" | "int_type":
            return "要写一个整数"
        case "greater_than_equal" | "less_than_equal":
            return (
                f"要{'至少' if 'ge' in limits else '最多'}是 {limits.get('ge', limits.get('le'))}"
            )
        case "literal_error":
            return f"可以是 {limits.get('expected', '').replace(' or ', '、').replace(', ', '、')}"
        case "value_error":
            reason = error["msg"].removeprefix("Value error, ")
            return reason if not reason.isascii() else '列表要写成 ["甲","乙"]，或用逗号分开'
        case _:
            return "写法不对"


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Check the settings found in `environment`; raise StartupError naming the first wrong one."""
    given: dict[str, Any] = {
        name: environment[name.upper()]
        for name in Settings.model_fields
        if environment.get(name.upper(), "").strip()
    }
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "设置"
        reason = _in_words(first)
        raise StartupError(
            f"设置 {name} 的值不对：{reason}", "请改 .env 或环境变量，写法见 .env.example"
        ) from error
    if not settings.loopback and not settings.onebot_access_token:
        raise StartupError(
            f"HOST={settings.host} 会让别的机器也能连上机器人，但没有设置 ONEBOT_ACCESS_TOKEN",
            "请设置一个长的随机口令，并在网关里填同一个；只在本机使用就把 HOST 改回 127.0.0.1",
        )
    return settings
