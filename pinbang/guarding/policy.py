"""Per-group settings of the guard and of its ladder."""

from datetime import timedelta
from typing import ClassVar

from pydantic import Field, field_validator

from pinbang.groups import GroupSettings
from pinbang.guarding.ladder import DEFAULT_STEPS, Step, read_steps
from pinbang.moderation.inquiring import registered_inquiries
from pinbang.moderation.judging import registered_judges
from pinbang.moderation.weighing import DEFAULT_THRESHOLD

EVERYTHING = "全部"
"""Stands for every judge in the list of those that only rehearse."""
SEVERE_CLASS = frozenset({"ad", "scam"})
"""Judges whose severe findings may go to the last rung at once: money, phishing, gambling, porn.

What others call severe, such as insulting somebody's family, only goes one rung higher.
"""


def judge_titles() -> list[str]:
    """Return the Chinese names of all judges and inquiries, each once."""
    all_of_them = (*registered_judges().values(), *registered_inquiries().values())
    return list(dict.fromkeys(one.title for one in all_of_them))


def judges_titled(titles: list[str]) -> frozenset[str]:
    """Return the names of the judges and inquiries with these Chinese names; 全部 is all."""
    all_of_them = {**registered_judges(), **registered_inquiries()}
    return frozenset(
        name for name, one in all_of_them.items() if one.title in titles or EVERYTHING in titles
    )


class GuardPolicy(GroupSettings):
    """How strictly a group is guarded."""

    section: ClassVar[str] = "guard"
    heading: ClassVar[str] = "守护"

    enabled: bool = Field(default=True, title="自动处理", description="是否自动处理违规消息")
    threshold: float = Field(
        default=DEFAULT_THRESHOLD,
        ge=0.3,
        le=1.0,
        title="判定分数",
        description="判定分数达到多少才处理，越高越宽松",
    )
    newcomer_strictness: bool = Field(
        default=True, title="新人从严", description="进群第一天和头几条消息判得严一点"
    )
    disabled_judges: list[str] = Field(
        default_factory=list, title="停用判定", description="不使用的判定，例如 文明；写“无”恢复"
    )
    rehearsing: list[str] = Field(
        default_factory=list,
        title="演练判定",
        description="只记录、不处理的判定，“全部”表示所有；写“无”恢复",
    )
    read_pictures: bool = Field(
        default=True,
        title="识别图片",
        description="是否下载图片并识别里面的二维码；图片看完就丢，不保存",
    )
    keep_days: int = Field(
        default=7,
        ge=0,
        le=30,
        title="消息保留天数",
        description="加密保存几天的消息供查证，0 是不存",
    )

    @field_validator("disabled_judges", "rehearsing", mode="after")
    @classmethod
    def _registered(cls, value: list[str]) -> list[str]:
        titles = judge_titles()
        if unknown := [name for name in value if name not in (*titles, EVERYTHING)]:
            raise ValueError(f"没有“{unknown[0]}”这个判定，有：{'、'.join(titles)}")
        return value


class LadderPolicy(GroupSettings):
    """What follows the first, the second, the next offence."""

    section: ClassVar[str] = "ladder"
    heading: ClassVar[str] = "阶梯"

    rungs: list[str] = Field(
        default_factory=lambda: [step.words.replace(" ", "") for step in DEFAULT_STEPS],
        title="级别",
        description="从轻到重，用逗号隔开，例如 警告，禁言10分钟，禁言1天，移出群",
    )
    half_life_days: int = Field(
        default=30, ge=1, le=365, title="半衰期天数", description="一次违规过多少天只算半次"
    )
    severe_at_once: bool = Field(
        default=True,
        title="严重直接到顶",
        description="涉钱诈骗、钓鱼、赌博和色情招揽有两条独立依据时，是否直接到最后一级",
    )
    recalled_on_removal: int = Field(
        default=10,
        ge=0,
        le=50,
        title="移出时撤回",
        description="移出时再撤回他最近几条消息，0 是不撤",
    )

    @field_validator("rungs", mode="after")
    @classmethod
    def _readable(cls, value: list[str]) -> list[str]:
        return [step.words.replace(" ", "") for step in read_steps(value)]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The rungs, mildest first."""
        return read_steps(self.rungs)

    @property
    def half_life(self) -> timedelta:
        """After this time an offence counts half."""
        return timedelta(days=self.half_life_days)
