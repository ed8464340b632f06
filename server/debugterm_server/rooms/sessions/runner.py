"""One request from beginning to end: decide, record, compare-and-set, record the outcome. In this order, always.

(a) load the state and decide; (b) one SQL transaction: the intent and its rows; (c) one Lua call: state, event,
first answer, if nobody was faster; (d) somebody was: decide again on the new state under the same intent, a few
times, and when it may not happen any more, record that it was cancelled; (e) record that it finished.
Whatever dies in between leaves an intent without an effect, or an effect without its outcome; never an effect
without an intent.
"""

import asyncio
from dataclasses import dataclass
from weakref import WeakValueDictionary

from debugterm_protocol.sessions import Created, Done, Event, apply_event

from debugterm_server.bus.sessions import Change, Changed, Conflict, Kept, Mark, Seen, SessionBus
from debugterm_server.core import session as rules
from debugterm_server.core.records import AuditUnavailable
from debugterm_server.kit import ids
from debugterm_server.kit.clock import Clock, rfc3339
from debugterm_server.rooms.sessions import orders, problems
from debugterm_server.rooms.sessions.needs import Audit, Refused
from debugterm_server.rooms.sessions.orders import Order
from debugterm_server.rooms.sessions.problems import spoken
from debugterm_server.rooms.sessions.states import States
from debugterm_server.store.engine import Conflict as Exists

TRIES = 5
"""Compare-and-set attempts of one intent; within one hub requests take turns, so only other hubs compete."""


@dataclass(frozen=True, slots=True)
class _Intent:
    """A recorded request that is about to be made true."""

    order: Order
    seq: int
    now: str
    event: Event
    """What was recorded; on a newer state it may come out differently."""


class Runner:
    """Runs requests on sessions; every method raises Refused when it does not happen."""

    def __init__(self, *, bus: SessionBus, states: States, audit: Audit, clock: Clock) -> None:
        self._bus = bus
        self._states = states
        self._audit = audit
        self._clock = clock
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def run(self, order: Order) -> Done:
        """Do what somebody asked, or answer a repeat as the first time."""
        with spoken():
            kept = await self._states.load(order.subject.env, order.session)
            mark = await self._bus.mark(order.session, order.id) if order.once else None
        if mark is not None:
            return await self._first_answer(order, mark)
        now = rfc3339(self._clock())
        snapshot = kept.snapshot if kept else None
        decision = rules.decide(snapshot, order.subject, order.request, now)
        if isinstance(decision, rules.Refused):
            raise await self.deny(order, decision)
        seq = await self._record(order, decision)
        if decision.event is None:
            return Done(seq=seq, rev=snapshot.rev if snapshot else 0)
        intent = _Intent(order=order, seq=seq, now=now, event=decision.event)
        turn = self._turns.setdefault(order.session, asyncio.Lock())
        async with turn:
            done = await self._make_true(intent, kept)
        if orders.finishes(order):
            self._audit.later(orders.outcome(order, seq, kind="command.finished", result="ok"))
        return done

    async def deny(self, order: Order, refused: rules.Refused) -> Refused:
        """Record a refusal; returns what to raise. Raises Refused(AUDIT_UNAVAILABLE) when that fails."""
        with spoken():
            await self._audit.record(orders.denial(order, refused))
        return Refused(refused.problem)

    async def _record(self, order: Order, accepted: rules.Accepted) -> int:
        also = orders.rows(order.session, accepted.event) if accepted.event else None
        try:
            with spoken():
                return await self._audit.record(orders.intent(order, accepted.rule), also)
        except Exists:
            slug = order.request.slug if isinstance(order.request, rules.Open) else ""
            raise await self.deny(order, rules.slug_taken(slug)) from None

    async def _make_true(self, intent: _Intent, kept: Kept | None) -> Done:
        order, event = intent.order, intent.event
        for _ in range(TRIES):
            change = self._change(intent, kept, event)
            with spoken(problems.IN_DOUBT):
                outcome = await self._bus.change(change)
                match outcome:
                    case Changed():
                        return orders.done(order, intent.seq, change.after.snapshot.rev)
                    case Seen(mark):
                        return await self._seen(intent, mark, kept)
                    case Conflict(now):
                        kept = now or await self._states.load(order.subject.env, order.session)
            if (
                isinstance(event, Created) and kept
            ):  # somebody was so quick to look that it was built from our row
                return orders.done(order, intent.seq, kept.snapshot.rev)
            decision = rules.decide(kept.snapshot if kept else None, order.subject, order.request, intent.now)
            if isinstance(decision, rules.Refused):
                await self._cancel(intent, kept, decision.problem.code)
                raise Refused(decision.problem)
            if decision.event is None:
                return Done(seq=intent.seq, rev=kept.snapshot.rev if kept else 0)
            event = decision.event
        await self._cancel(intent, kept, "busy")
        raise Refused(problems.BUSY)

    def _change(self, intent: _Intent, kept: Kept | None, event: Event) -> Change:
        told = rules.numbered(event, intent.seq)
        before = told.snapshot if isinstance(told, Created) else kept.snapshot if kept else None
        if before is None:
            raise RuntimeError(f"{intent.order.action} was accepted without a session")
        after = apply_event(before, told, before.rev + 1)
        order = intent.order
        mark = Mark(
            human=order.subject.human,
            digest=order.digest,
            answer=orders.done(order, intent.seq, after.rev),
        )
        return Change(
            before=kept,
            after=Kept(kept.epoch if kept else ids.new("e"), after),
            event=told,
            seq=intent.seq,
            command=order.id if order.once else "",
            mark=mark if order.once else None,
        )

    async def _seen(self, intent: _Intent, mark: Mark, kept: Kept | None) -> Done:
        if mark.answer.seq == intent.seq:  # our own first attempt came through although its answer was lost
            return mark.answer
        await self._cancel(intent, kept, "repeated")
        return await self._first_answer(intent.order, mark)

    async def _cancel(self, intent: _Intent, kept: Kept | None, why: str) -> None:
        undo = orders.undo(intent.event, intent.seq, kept.snapshot) if kept else None
        draft = orders.outcome(intent.order, intent.seq, kind="command.cancelled", result=why)
        try:
            await self._audit.record(draft, undo)
        except AuditUnavailable:
            self._audit.later(draft)  # it did not happen in any case; the record may come when SQL is back

    async def _first_answer(self, order: Order, mark: Mark) -> Done:
        if (mark.human, mark.digest) == (order.subject.human, order.digest):
            return mark.answer
        raise await self.deny(order, rules.Refused(problems.DUPLICATE, rule="session:duplicate"))
