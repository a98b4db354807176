"""Per-group settings of the guard."""

from typing import ClassVar

from pydantic import Field, field_validator

from pinbang.groups import GroupSettings
from pinbang.moderation.inquiring import registered_inquiries
from pinbang.moderation.judging import registered_judges
from pinbang.moderation.weighing import DEFAULT_THRESHOLD


class GuardPolicy(GroupSettings):
    """How strictly a group is guarded."""

    section: ClassVar[str] = "guard"
    heading: ClassVar[str] = "守护"

    enabled: bool = Field(True, title="自动处理", description="是否自动处理违规消息")
    threshold: float = Field(
        DEFAULT_THRESHOLD,
        ge=0.3,
        le=1.0,
        title="判定分数",
        description="判定分数达到多少才处理，越高越宽松",
    )
    window_days: int = Field(
        30, ge=1, le=365, title="累计天数", description="多少天内的违规累计升级"
    )
    disabled_judges: list[str] = Field(
        default_factory=list, title="停用判定", description="不使用的判定，例如 文明；写“无”恢复"
    )

    read_pictures: bool = Field(
        True, title="识别图片", description="是否下载图片并识别里面的二维码；图片看完就丢，不保存"
    )

    @field_validator("disabled_judges", mode="after")
    @classmethod
    def _registered(cls, value: list[str]) -> list[str]:
        all_of_them = (*registered_judges().values(), *registered_inquiries().values())
        titles = list(dict.fromkeys(one.title for one in all_of_them))
        if unknown := [name for name in value if name not in titles]:
            raise ValueError(f"没有“{unknown[0]}”这个判定，有：{'、'.join(titles)}")
        return value
