"""Per-group settings of the guard."""

from typing import ClassVar

from pydantic import Field

from pinbang.groups import GroupSettings
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
        default_factory=list, title="停用判定", description="不使用的判定"
    )
