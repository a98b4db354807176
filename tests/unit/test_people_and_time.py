"""Roles, who has which, the clock, and the numbers people type."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang import clock
from pinbang.arguments import mentioned_person, number_and_rest, number_only
from pinbang.groups import GroupRecord
from pinbang.members import role_of
from pinbang.moderation.reading import MessageView, read_message
from pinbang.refusal import UsageRefusal
from pinbang.roles import EXEMPT_FROM, Role, may_act_on
from tests.conftest import SUPERUSER, Clock

UTC = timezone.utc


# -- roles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "gateway_role", "standing", "role"),
    [
        (11, "owner", None, Role.OWNER),
        (11, "admin", None, Role.ADMIN),
        (11, "member", None, Role.MEMBER),
        (11, None, None, Role.MEMBER),
        (11, "unknown", None, Role.MEMBER),
        (11, "member", Role.TRUSTED, Role.TRUSTED),
        (11, "member", Role.DEPUTY, Role.DEPUTY),
        (11, None, Role.DEPUTY, Role.DEPUTY),
        (11, "admin", Role.TRUSTED, Role.ADMIN),
        (SUPERUSER, "member", None, Role.SUPERUSER),
        (SUPERUSER, None, Role.TRUSTED, Role.SUPERUSER),
        (SUPERUSER, "owner", None, Role.OWNER),
        (SUPERUSER, "admin", None, Role.ADMIN),
    ],
)
def test_who_has_which_role(
    user: int, gateway_role: str | None, standing: Role | None, role: Role
) -> None:
    record = GroupRecord(1, 2, standings={user: standing} if standing else {})
    assert role_of(record, user, gateway_role) is role


@given(st.sampled_from(Role), st.sampled_from(Role))
def test_nobody_acts_on_an_equal_or_higher_role(actor: Role, target: Role) -> None:
    assert may_act_on(actor, target) == (actor > target)
    assert not (may_act_on(actor, target) and may_act_on(target, actor))


def test_roles_are_ordered_and_named() -> None:
    assert sorted(Role) == [
        Role.MEMBER, Role.TRUSTED, Role.DEPUTY, Role.SUPERUSER, Role.ADMIN, Role.OWNER,
    ]  # fmt: skip
    assert len({role.title for role in Role}) == len(Role)
    assert EXEMPT_FROM is Role.DEPUTY


# -- the clock ----------------------------------------------------------------------------------


def test_a_frozen_clock_stands_still_and_starts_again(frozen: Clock) -> None:
    assert clock.now() == frozen.now
    frozen.advance(hours=1)
    assert clock.now() == frozen.now
    with clock.frozen(lambda: datetime(2000, 1, 1, tzinfo=UTC)):
        assert clock.now().year == 2000
    assert clock.now() == frozen.now


def test_the_real_clock_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("moment", "today"),
    [
        (datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 11, 25, 16, 0, tzinfo=UTC), date(2026, 11, 26)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_changes_at_the_peoples_midnight(
    frozen: Clock, moment: datetime, today: date
) -> None:
    frozen.now = moment
    assert clock.today() == today


def test_times_are_shown_as_people_read_them(frozen: Clock) -> None:
    assert clock.show(datetime(2026, 11, 25, 10, 30, tzinfo=UTC)) == "11-25 18:30"
    assert clock.show(datetime(2025, 12, 31, 15, 59, tzinfo=UTC)) == "2025-12-31 23:59"
    assert clock.show(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)) == "01-01 00:00"


def test_another_zone(frozen: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_zone", clock.DEFAULT_ZONE)
    clock.use_zone("America/New_York")
    assert clock.zone() == ZoneInfo("America/New_York")
    assert clock.today() == date(2026, 11, 24)
    with pytest.raises(ZoneInfoNotFoundError):
        clock.use_zone("Nowhere/Land")


# -- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("12", 12, ""),
        ("１２", 12, ""),
        (" 12 ", 12, ""),
        ("#12", 12, ""),
        ("＃１２", 12, ""),
        ("№12", 12, ""),
        ("12号", 12, ""),
        ("12 号", 12, ""),
        ("12番", 12, ""),
        ("012", 12, ""),
        ("0", 0, ""),
        ("12 理由", 12, "理由"),
        ("12号理由", 12, "理由"),
        ("12：是玩笑", 12, "是玩笑"),
        ("12，是\n玩笑。", 12, "是\n玩笑"),
        ("12 13", 12, "13"),
        ("999999999999", 999_999_999_999, ""),
    ],
)
def test_a_number_and_what_follows(text: str, number: int, rest: str) -> None:
    assert number_and_rest(text) == (number, rest)


@pytest.mark.parametrize(
    "text", ["", "  ", "号", "十二", "理由 12", "-1", "#", "1" * 13, "9" * 40 + " 理由", "9" * 5000]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UsageRefusal):
        number_and_rest(text)


@pytest.mark.parametrize("text", ["12 13", "12 理由", "12.5", "1e3", "12号楼"])
def test_one_number_means_one_number(text: str) -> None:
    with pytest.raises(UsageRefusal):
        number_only(text)
    assert number_only("１２号") == 12


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        number, _ = number_and_rest(text)
    except UsageRefusal:
        return
    assert 0 <= number < 2**63


def view(*segments: dict[str, object]) -> MessageView:
    return read_message(
        segments, message_id=1, group_id=2, user_id=3, self_id=10001, time=5, role="member"
    )


def at(qq: str) -> dict[str, object]:
    return {"type": "at", "data": {"qq": qq}}


@pytest.mark.parametrize(
    ("mentions", "text", "person"),
    [
        ((), "", None),
        ((), "123456", 123456),
        ((), "把１２３４５６禁了", 123456),
        ((), "1234", None),
        ((), "123456789012", None),
        (("777777",), "", 777777),
        (("777777",), "123456", 777777),
        (("10001", "777777"), "", 777777),
        (("10001",), "123456", 123456),
        (("all",), "", None),
    ],
)
def test_who_is_meant(mentions: tuple[str, ...], text: str, person: int | None) -> None:
    assert mentioned_person(view(*map(at, mentions)), text) == person
