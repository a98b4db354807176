"""Per-group settings of join vetting."""

from typing import ClassVar

from pydantic import Field

from pinbang.groups import GroupSettings


class JoinPolicy(GroupSettings):
    """What is decided without an admin."""

    section: ClassVar[str] = "join_vetting"
    heading: ClassVar[str] = "入群审核"

    approve_agreeing: bool = Field(True, title="自动通过", description="回答愿意遵守的是否自动通过")
    reject_refusing: bool = Field(True, title="自动拒绝", description="明确拒绝遵守的是否自动拒绝")
    expire_days: int = Field(
        7, ge=1, le=30, title="过期天数", description="待审的申请几天后不再提醒"
    )
