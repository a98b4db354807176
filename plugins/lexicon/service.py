"""Use cases of the lexicon: keep a group's words, and try a message out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tortoise.expressions import Q
from tortoise.functions import Count

from pinbang import audit
from pinbang.crypto import keyring
from pinbang.gateway import Account
from pinbang.groups import (
    GroupRecord,
    forget_group,
    load_group,
    part_of_group,
    touch_group,
)
from pinbang.guarding.familiarity import Familiarity
from pinbang.guarding.ladder import A_NUDGE, REMINDER, Step, next_step
from pinbang.guarding.policy import SEVERE_CLASS, GuardPolicy, LadderPolicy, judges_titled
from pinbang.guarding.verdict import Examined, adjusts_findings, examine
from pinbang.kept_messages import kept_message
from pinbang.logs import logger
from pinbang.moderation.judging import Finding, findings
from pinbang.moderation.lessons import Lessons, Match
from pinbang.moderation.reading import MessageView
from pinbang.moderation.terms import (
    ALLOWED,
    MAX_PATTERNS,
    Term,
    Terms,
    comparable,
    is_pattern,
    problem_with,
)
from pinbang.refusal import Refusal
from pinbang.schedule import due_work, schedule
from pinbang.store import transactional
from pinbang.store.models import Group

from .models import StoredTerm
from .rules import Request, Selection, in_ordinary_talk

EXPIRE = "lexicon.expire"
MAX_TERMS = 60_000
"""Words of one group."""
READ_AT_ONCE = 2000
MANY = 500
"""From so many words on the automaton is built beside the event loop."""
PAGE = 20
NOTED = 1500
"""Characters of the words that an audit entry repeats."""


# -- reading ------------------------------------------------------------------------------------


@part_of_group(Terms)
async def load_terms(group_id: int) -> Terms:
    """Read a group's words, ready to be looked for."""
    terms: list[Term] = []
    last = 0
    while True:
        rows = (
            await StoredTerm.filter(group_id=group_id, id__gt=last)
            .order_by("id")
            .limit(READ_AT_ONCE)
            .values_list("id", "category", "word", "is_pattern", "expires_at")
        )
        for number, category, word, pattern, expires_at in rows:
            until = int(expires_at.timestamp()) if expires_at else None
            terms.append(Term(number, category, word, bool(pattern), until))
        if len(rows) < READ_AT_ONCE:
            break
        last = rows[-1][0]
    loaded = Terms(terms)
    if len(terms) >= MANY:
        await asyncio.to_thread(loaded.prepare)
    return loaded


def _terms_of(record: GroupRecord) -> Terms:
    return record.part(Terms)


# What admins said about one message goes before what they said about a word.
adjusts_findings(_terms_of, first=True)


def _digest(word: str) -> str:
    return keyring().blind_index(comparable(word), "lexicon_term.word")


def _valid(now: datetime) -> Q:
    return Q(expires_at__isnull=True) | Q(expires_at__gt=now)


# -- adding -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A word as it is listed."""

    number: int
    category: str
    word: str
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Addition:
    """What became of words to be added: added, given another expiry, or left out and why."""

    added: tuple[Entry, ...]
    renewed: tuple[Entry, ...]
    skipped: tuple[tuple[str, str], ...]


async def add(group_id: int, admin_id: int, request: Request, now: datetime) -> Addition:
    """Add words to a group's lexicon; what cannot be added is left out and explained."""
    skipped: list[tuple[str, str]] = []
    words: list[str] = []
    common = {} if request.forced else await asyncio.to_thread(in_ordinary_talk, request.words)
    for word in request.words:
        if (problem := problem_with(word)) is not None:
            skipped.append((word, problem))
        elif word in common:
            skipped.append((word, f"平常的话里就有，例如“{common[word]}”"))
        else:
            words.append(word)
    addition = await _add(group_id, admin_id, replace(request, words=tuple(words)), now)
    forget_group(group_id)
    return replace(addition, skipped=(*skipped, *addition.skipped))


@transactional
async def _add(group_id: int, admin_id: int, request: Request, now: datetime) -> Addition:
    await Group.select_for_update().get(id=group_id)
    await _drop_expired(group_id, now)
    digests = {word: _digest(word) for word in request.words}
    present: dict[str, list[StoredTerm]] = {}
    for row in await StoredTerm.filter(group_id=group_id, digest__in=list(digests.values())):
        present.setdefault(row.digest, []).append(row)
    room = MAX_TERMS - await StoredTerm.filter(group_id=group_id).count()
    patterns = MAX_PATTERNS - await StoredTerm.filter(group_id=group_id, is_pattern=True).count()
    skipped: list[tuple[str, str]] = []
    renewed: list[Entry] = []
    new: dict[str, str] = {}
    for word, digest in digests.items():
        reason = _conflict(present.get(digest, []), request.category)
        if (same := _same(present.get(digest, []), request.category)) is not None:
            if request.dated and same.expires_at != request.until:
                await StoredTerm.filter(id=same.id).update(expires_at=request.until)
                renewed.append(Entry(same.id, same.category, word, request.until))
            else:
                skipped.append((word, f"已经有了，是 {same.id} 号"))
        elif reason:
            skipped.append((word, reason))
        elif digest in new:
            skipped.append((word, "和前面的是同一个词"))
        elif len(new) >= room:
            skipped.append((word, f"词库满了（最多 {MAX_TERMS} 个）"))
        elif is_pattern(word) and (patterns := patterns - 1) < 0:
            skipped.append((word, f"带 * 和 ? 的太多了（最多 {MAX_PATTERNS} 个）"))
        else:
            new[digest] = word
    await StoredTerm.bulk_create(
        StoredTerm(
            group_id=group_id,
            category=request.category,
            word=word,
            digest=digest,
            is_pattern=is_pattern(word),
            expires_at=request.until,
            added_by=admin_id,
            added_at=now,
        )
        for digest, word in new.items()
    )
    rows = await StoredTerm.filter(
        group_id=group_id, category=request.category, digest__in=list(new)
    ).order_by("id")
    added = tuple(Entry(row.id, row.category, row.word, row.expires_at) for row in rows)
    if added or renewed:
        await _changed(group_id, admin_id, "lexicon.add", request.category, [*added, *renewed])
    return Addition(added, tuple(renewed), tuple(skipped))


def _same(rows: Sequence[StoredTerm], category: str) -> StoredTerm | None:
    return next((row for row in rows if row.category == category), None)


def _conflict(rows: Sequence[StoredTerm], category: str) -> str:
    """Say why a word cannot be both allowed and held against people."""
    for row in rows:
        if (row.category == ALLOWED) is not (category == ALLOWED):
            return f"{row.category}里有它（{row.id} 号），先 /词库 删除 {row.id}"
    return ""


async def _changed(
    group_id: int, actor_id: int, action: str, reference: str, entries: Sequence[Entry]
) -> None:
    """Note a change of the lexicon, in the caller's transaction."""
    await _next_expiry(group_id)
    await touch_group(group_id)
    await audit.record(
        action,
        actor_id=actor_id,
        group_id=group_id,
        reference=reference,
        outcome=str(len(entries)),
        note="、".join(entry.word for entry in entries)[:NOTED],
    )


# -- removing -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Removal:
    """The words that were removed, and what was asked for and is not there."""

    removed: tuple[Entry, ...]
    missing: tuple[str, ...]


async def remove(group_id: int, admin_id: int, selections: Sequence[Selection]) -> Removal:
    """Remove words of a group by number or word, in all categories."""
    removal = await _remove(group_id, admin_id, selections)
    forget_group(group_id)
    return removal


@transactional
async def _remove(group_id: int, admin_id: int, selections: Sequence[Selection]) -> Removal:
    chosen: dict[int, Entry] = {}
    missing: list[str] = []
    for one in selections:
        rows: list[StoredTerm] = []
        if one.first is not None:
            rows = await StoredTerm.filter(
                group_id=group_id, id__gte=one.first, id__lte=one.last
            ).order_by("id")
        if not rows:
            rows = await StoredTerm.filter(group_id=group_id, digest=_digest(one.word))
        if not rows:
            missing.append(one.word)
        for row in rows:
            chosen[row.id] = Entry(row.id, row.category, row.word, row.expires_at)
    if chosen:
        await StoredTerm.filter(group_id=group_id, id__in=list(chosen)).delete()
        await _changed(group_id, admin_id, "lexicon.remove", "", list(chosen.values()))
    return Removal(tuple(chosen.values()), tuple(missing))


async def _drop_expired(group_id: int, now: datetime) -> int:
    return await StoredTerm.filter(group_id=group_id, expires_at__lte=now).delete()


async def _next_expiry(group_id: int) -> None:
    """Let the next word's expiry fall due, in the caller's transaction."""
    following = (
        await StoredTerm.filter(group_id=group_id, expires_at__isnull=False)
        .order_by("expires_at")
        .first()
    )
    if following is not None and following.expires_at is not None:
        await schedule(EXPIRE, str(group_id), following.expires_at)


@due_work(EXPIRE)
async def expire(key: str, now: datetime) -> None:
    """Delete a group's words whose time is over; they no longer count from that time on anyway."""
    if await _expire(int(key), now):
        forget_group(int(key))


@transactional
async def _expire(group_id: int, now: datetime) -> int:
    dropped = await _drop_expired(group_id, now)
    await _next_expiry(group_id)
    if dropped:
        await touch_group(group_id)
    return dropped


# -- showing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listing:
    """A page of a lexicon."""

    entries: tuple[Entry, ...]
    page: int
    pages: int
    total: int


async def listing(
    group_id: int, category: str, page: int, now: datetime, *, per_page: int = PAGE
) -> Listing:
    """Return a page of a group's words, of one category or all, in order of their numbers."""
    query = StoredTerm.filter(_valid(now), group_id=group_id)
    if category:
        query = query.filter(category=category)
    total = await query.count()
    pages = max(1, -(-total // per_page))
    if page > pages:
        raise Refusal(f"只有 {pages} 页。")
    rows = await query.order_by("id").offset((page - 1) * per_page).limit(per_page)
    entries = tuple(Entry(row.id, row.category, row.word, row.expires_at) for row in rows)
    return Listing(entries, page, pages, total)


async def sizes(group_id: int, now: datetime) -> dict[str, int]:
    """Return how many words each category of a group has."""
    counted = (
        await StoredTerm.filter(_valid(now), group_id=group_id)
        .annotate(words=Count("id"))
        .group_by("category")
        .values_list("category", "words")
    )
    return {str(category): int(words) for category, words in counted}


# -- trying out ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """What the group's rules make of a message, and what they would do at a first offence.

    `plain` are the findings before the group's words and lessons; `words` the group's words in it,
    `lessons` what was taught about messages like it.
    """

    view: MessageView
    examined: Examined
    plain: tuple[Finding, ...]
    words: tuple[Term, ...]
    lessons: tuple[Match, ...]
    step: Step | None
    policy: GuardPolicy


def try_out(view: MessageView, record: GroupRecord) -> Trial:
    """Judge a message as an ordinary member's; nothing is recorded and nobody punished."""
    policy, ladder = record.policy(GuardPolicy), record.policy(LadderPolicy)
    examined = examine(view, record, Familiarity.MEMBER, policy=policy, on_failure=_report)
    off = judges_titled(policy.disabled_judges)
    plain = findings(view, disabled=off, on_failure=_report)
    return Trial(
        view,
        examined,
        tuple(plain),
        record.part(Terms).matches(view),
        tuple(record.part(Lessons).like(view.normalised.text)),
        _first_step(examined, ladder),
        policy,
    )


def _first_step(examined: Examined, ladder: LadderPolicy) -> Step | None:
    if examined.decision is None:
        return None
    finding = examined.decision.finding
    if finding.mild:
        return A_NUDGE
    if not finding.strike:
        return REMINDER
    at_once = ladder.severe_at_once and finding.judge in SEVERE_CLASS
    _, step = next_step(0, finding.severity, ladder.steps, severe_at_once=at_once)
    return step


def _report(name: str, error: Exception) -> None:
    logger.opt(exception=error).error(f"Judge {name} failed")


async def message_meant(view: MessageView, text: str, account: Account) -> MessageView:
    """Return what is to be tried: the text, what came with the command, or the message replied to.

    Raises Refusal when there is nothing, or the message replied to is not known any more.
    """
    if text or view.reply_to is None:
        return replace(view, text=text, role="member", reply_to=None, lately=())
    if not view.group_id:
        raise Refusal("私聊里请把文字写在 /试判 后面。")
    known = await kept_message(view.group_id, view.reply_to) or await account.message(
        view.group_id, view.reply_to
    )
    if known is None:
        raise Refusal("那条消息我这里已经没有了，请把文字写在 /试判 后面。")
    return replace(known, role="member", time=view.time)


async def rules_for(group_id: int, account_id: int) -> GroupRecord:
    """Return the rules to try a message by: the group's, or the defaults outside of any."""
    return await load_group(group_id, account_id) if group_id else GroupRecord(0, account_id)
