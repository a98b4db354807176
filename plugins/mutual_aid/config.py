"""Per-group settings of the aid board."""

from typing import ClassVar

from pydantic import Field

from pinbang.groups import GroupSettings


class AidPolicy(GroupSettings):
    """Limits of the board."""

    section: ClassVar[str] = "mutual_aid"
    heading: ClassVar[str] = "互助"

    open_per_member: int = Field(
        3, ge=1, le=20, title="求助上限", description="每人同时最多几个进行中的求助"
    )
    pledges_per_member: int = Field(
        5, ge=1, le=50, title="接单上限", description="每人同时最多接几个还没完成的求助"
    )
    most_helpers: int = Field(
        20, ge=1, le=200, title="人数上限", description="一个求助最多要几个人"
    )
    default_hours: int = Field(
        24, ge=1, le=168, title="默认小时", description="没写截止时间时默认几小时"
    )
    longest_days: int = Field(7, ge=1, le=30, title="最远天数", description="截止时间最远几天后")
