"""What is remembered of members' latest messages, and what is made of messages sent piecemeal."""

from pinbang.moderation.lately import MESSAGES, WINDOW_SECONDS, Lately, spread_text
from pinbang.moderation.reading import MessageView, read_message


def view(
    number: int, text: str = "在", time: int = 1000, user: int = 3, account: int = 4
) -> MessageView:
    return read_message(
        text,
        message_id=number,
        group_id=2,
        user_id=user,
        self_id=account,
        time=time,
        role="member",
    )


def heard(lately: Lately, *messages: MessageView) -> MessageView:
    """Remember all messages and return the last one with its history."""
    last = messages[-1]
    for message in messages:
        last = lately.with_history(message)
        lately.remember(last)
    return last


def test_history_is_ones_own_oldest_first() -> None:
    last = heard(Lately(), view(1), view(2, user=9), view(3), view(4))
    assert [message.message_id for message in last.lately] == [1, 3]


def test_two_accounts_in_one_group_do_not_count_twice() -> None:
    last = heard(Lately(), view(1, account=4), view(2, account=5))
    assert last.lately == ()


def test_a_second_delivery_changes_nothing() -> None:
    last = heard(Lately(), view(1), view(1), view(1), view(2))
    assert [message.message_id for message in last.lately] == [1]


def test_old_messages_are_left_out() -> None:
    last = heard(Lately(), view(1, time=1000), view(2, time=1000 + WINDOW_SECONDS + 1))
    assert last.lately == ()


def test_messages_and_members_are_bounded() -> None:
    lately = Lately(members=10)
    last = heard(lately, *(view(number) for number in range(100)))
    assert len(last.lately) == MESSAGES
    for user in range(100, 200):
        lately.remember(view(user, user=user))
    assert lately.with_history(view(999)).lately == ()
    assert len(lately._messages) == 10


def test_long_texts_are_not_kept() -> None:
    last = heard(Lately(), view(1, "我" * 200), view(2))
    [earlier] = last.lately
    assert earlier.text == ""
    assert earlier.length == 200


def test_the_same_words_have_the_same_digest() -> None:
    assert view(1, "帮我点一下!").digest == view(2, "幫我 點一下。").digest
    assert view(1, "接 12").digest != view(2, "接 13").digest


def test_pieces_are_joined_in_order() -> None:
    last = heard(Lately(), *(view(n, piece, 1000 + n) for n, piece in enumerate("加微信")))
    assert spread_text(last) == ("加微信", (0, 1))


def test_long_slow_or_few_pieces_are_not_joined() -> None:
    assert spread_text(heard(Lately(), view(1, "加"), view(2, "微"))) == ("", ())
    slow = heard(Lately(), *(view(n, "加", 1000 + 20 * n) for n in range(4)))
    assert spread_text(slow) == ("", ())
    long = heard(Lately(), view(1, "加"), view(2, "微"), view(3, "这是一句完整的话没有拆开的意思"))
    assert spread_text(long) == ("", ())


def test_what_was_judged_together_is_not_judged_again() -> None:
    lately = Lately()
    last = heard(lately, *(view(n, piece) for n, piece in enumerate("加微信")))
    lately.close_text(last)
    assert spread_text(lately.with_history(view(9, "好"))) == ("", ())
    assert len(lately.with_history(view(9, "好")).lately) == 3
