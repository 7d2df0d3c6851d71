"""Every road of one transfer against a processor that does its worst, driven by the real rules.

A state is what the books say of the call, what the processor has, and a worker that is slow to
write down its answer. All times in it are ages in minutes, so that equal situations at different
hours are one state. The rules see real datetimes; what they return is kept, since they are pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from marketplace.processor import rules
from marketplace.processor.rules import Act, CallState, Given, Outcome, Standing

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
NEVER = -1
JUMPS = (3, 61, 22 * 60 + 59, 25 * 60)
"""In minutes: past a lease, past what is on its way, just before and after a key grows old."""
FORGETS_AFTER = 24 * 60
LONGEST_ON_ITS_WAY = 60
OLD = 25 * 60
"""No rule tells an age above this from this one."""
TRIES_TOLD_APART = len(rules.WAITS)


class Call(NamedTuple):
    """A standing in minutes: next_in and lease_in lie ahead, first and last are ages."""

    state: CallState
    generation: int = 0
    next_in: int = 0
    lease_in: int = NEVER
    first: int = NEVER
    last: int = NEVER
    absent: int = 0


class Slow(NamedTuple):
    """A worker that has its answer and has not written it down. current: nobody took over since."""

    generation: int
    current: bool
    act: Act
    outcome: Outcome
    code: str | None


class State(NamedTuple):
    """One situation.

    tries: sends under the present key. unclear: one of them will never be answered by its worker.
    made: transfers there are. kept: what the processor answers to the newest key, and its age;
    kept_before: the same of the key before. coming: requests still on their way, each by its
    generation and age.
    """

    call: Call
    tries: int = 0
    unclear: bool = False
    slow: Slow | None = None
    made: int = 0
    kept: tuple[Outcome, int] | None = None
    kept_before: tuple[Outcome, int] | None = None
    coming: tuple[tuple[int, int], ...] = ()


class Mood(NamedTuple):
    """What the processor does with a send that no kept answer is for.

    says: what the worker hears. made: whether there is a transfer then. keeps: the answer that
    will be repeated. coming: it arrives up to an hour later.
    """

    says: Outcome
    code: str | None = None
    made: int = 0
    keeps: Outcome | None = None
    coming: bool = False


MOODS = {
    "success": Mood(Outcome.DONE, made=1, keeps=Outcome.DONE),
    "lost before": Mood(Outcome.UNKNOWN),
    "lost after": Mood(Outcome.UNKNOWN, made=1, keeps=Outcome.DONE),
    "delayed": Mood(Outcome.UNKNOWN, coming=True),
    "500 without effect": Mood(Outcome.UNKNOWN, keeps=Outcome.UNKNOWN),
    "500 with effect": Mood(Outcome.UNKNOWN, made=1, keeps=Outcome.UNKNOWN),
    "429": Mood(Outcome.NOT_RUN),
    "409": Mood(Outcome.NOT_RUN, code=rules.IN_USE),
    "401": Mood(Outcome.UNAUTHORISED),
    "saved 400": Mood(Outcome.REFUSED, code="account_invalid", keeps=Outcome.REFUSED),
    "saved lack of money": Mood(
        Outcome.REFUSED, code="balance_insufficient", keeps=Outcome.REFUSED
    ),
    "unsaved 400": Mood(Outcome.REFUSED, code="account_invalid"),
}
REFUSALS = ("account_invalid", "balance_insufficient")
BEFORE_THE_KEY = ("lost before", "delayed", "429", "409", "401")
"""What can happen although the processor has an answer kept for the key."""

Taken = Callable[[Standing], tuple[Act, Standing]]
Answered = Callable[[Standing, Given], Standing]


def really_taken(standing: Standing) -> tuple[Act, Standing]:
    return rules.taken(standing, now=NOW)


def really_answered(standing: Standing, given: Given) -> Standing:
    return rules.answered(standing, given, now=NOW)


@dataclass
class Checker:
    """Walks all roads, breadth first, and counts.

    attempts_first: an attempt is written down before it is made. by_itself: the amount is small
    enough to be sent anew without a person. jumps: how time may pass, in minutes.
    """

    taken: Taken = really_taken
    answered: Answered = really_answered
    attempts_first: bool = True
    by_itself: bool = True
    jumps: tuple[int, ...] = JUMPS
    transitions: int = 0
    states: int = 0
    paid_twice: int = 0
    released_but_paid: int = 0
    ends: Counter[CallState] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._take = cache(self._take_now)
        self._answer = cache(self._answer_now)

    def explore(self, *, moves: int) -> Checker:
        """Take every road of so many moves."""
        seen = {State(Call(CallState.READY))}
        frontier = list(seen)
        for _ in range(moves):
            following = []
            for state in frontier:
                for after in self._after(state):
                    self.transitions += 1
                    if after not in seen:
                        seen.add(after)
                        following.append(after)
                        self._look_at(after)
            frontier = following
        self.states = len(seen)
        return self

    def _look_at(self, state: State) -> None:
        self.paid_twice += state.made > 1
        self.released_but_paid += state.call.state is CallState.REFUSED and state.made > 0
        self.ends[state.call.state] += 1

    def _after(self, state: State) -> Iterator[State]:
        """Every situation that one move later may be."""
        if state.made > 1:
            return
        for minutes in self.jumps:
            yield _later(state, minutes)
        for place in range(len(state.coming)):
            yield _arrived(state, place)
        if state.made and state.call.state is not CallState.SUCCEEDED:
            yield self._told_of(state)  # by a webhook or a list, however early or late
        if state.slow is not None:
            yield self._written_down(state)
            yield _slow_dies(state, attempts_first=self.attempts_first)
        if rules.is_due(_standing(state.call), now=NOW):
            yield from self._goes_out(state)

    def _goes_out(self, state: State) -> Iterator[State]:
        """A worker takes the call; it may die before, during and after the call."""
        act, held = self._take(state.call)
        if state.slow is not None:
            state = state._replace(slow=state.slow._replace(current=False))
        taken = state._replace(call=held)
        if act is Act.LOOK_UP:
            found = Outcome.DONE if state.made else Outcome.NOT_RUN
            for says in (found, Outcome.UNKNOWN):
                yield from self._comes_back(taken, act, says, None)
            return
        sent = taken._replace(tries=min(state.tries + 1, TRIES_TOLD_APART))
        yield sent._replace(unclear=sent.unclear or self.attempts_first)  # died before it sent
        kept = state.kept
        names = MOODS if kept is None or kept[1] >= FORGETS_AFTER else BEFORE_THE_KEY
        for name in names:
            mood = MOODS[name]
            done = sent._replace(made=sent.made + mood.made)
            if mood.keeps is not None:
                done = done._replace(kept=(mood.keeps, 0))
            if mood.coming:
                done = done._replace(coming=(*done.coming, (held.generation, 0)))
            yield from self._comes_back(done, act, mood.says, mood.code)
        if kept is not None and kept[1] < FORGETS_AFTER:
            for code in REFUSALS if kept[0] is Outcome.REFUSED else (None,):
                yield from self._comes_back(sent, act, kept[0], code)

    def _comes_back(
        self, state: State, act: Act, says: Outcome, code: str | None
    ) -> Iterator[State]:
        """The answer is written down at once, late, or never."""
        yield self._recorded(state, act, says, code, unclear=state.unclear)
        if act is Act.LOOK_UP:
            return
        yield state._replace(unclear=state.unclear or self.attempts_first)
        if state.slow is None:
            yield state._replace(slow=Slow(state.call.generation, True, act, says, code))

    def _recorded(
        self, state: State, act: Act, says: Outcome, code: str | None, *, unclear: bool
    ) -> State:
        """The present holder's answer is in the books."""
        slow = state.slow
        other = slow is not None and slow.generation == state.call.generation
        earlier = unclear or (other and self.attempts_first)
        now_unclear = unclear or says is Outcome.UNKNOWN if act is Act.SEND else unclear
        stands = self._answer(state.call, act, says, code, state.tries, earlier)
        return _with(state._replace(unclear=now_unclear), stands)

    def _written_down(self, state: State) -> State:
        """The slow worker's answer is in the books at last."""
        slow = state.slow
        assert slow is not None
        rest = state._replace(slow=None)
        same_key = slow.generation == state.call.generation
        if slow.current:
            return self._recorded(rest, slow.act, slow.outcome, slow.code, unclear=rest.unclear)
        if slow.outcome is Outcome.DONE:
            return self._told_of(rest)
        if same_key and slow.outcome is Outcome.UNKNOWN:
            return rest._replace(unclear=True)
        return rest

    def _told_of(self, state: State) -> State:
        stands = _call(rules.succeeded(_standing(state.call)))
        return state._replace(call=stands)

    def _take_now(self, call: Call) -> tuple[Act, Call]:
        act, held = self.taken(_standing(call))
        return act, _call(held)

    def _answer_now(
        self, call: Call, act: Act, says: Outcome, code: str | None, tries: int, earlier: bool
    ) -> Call:
        given = Given(act, 1, says, code, tries, earlier, self.by_itself)
        return _call(self.answered(replace(_standing(call), fence=1), given))


def _with(state: State, call: Call) -> State:
    """A new key begins with nothing sent under it, and nothing kept for it."""
    if call.generation == state.call.generation:
        return state._replace(call=call)
    return state._replace(call=call, tries=0, unclear=False, kept=None, kept_before=state.kept)


def _slow_dies(state: State, *, attempts_first: bool) -> State:
    slow = state.slow
    assert slow is not None
    same_key = slow.generation == state.call.generation
    unclear = state.unclear or (same_key and attempts_first)
    return state._replace(slow=None, unclear=unclear)


def _arrived(state: State, place: int, *, after: int = 0) -> State:
    """A request that was long on its way arrives: it is done, unless its key has an answer."""
    generation, _ = state.coming[place]
    coming = state.coming[:place] + state.coming[place + 1 :]
    newest = generation == state.call.generation
    kept = state.kept if newest else state.kept_before
    rest = state._replace(coming=coming)
    if kept is not None and kept[1] + after < FORGETS_AFTER:
        return rest
    if newest:
        return rest._replace(made=rest.made + 1, kept=(Outcome.DONE, 0))
    return rest._replace(made=rest.made + 1, kept_before=(Outcome.DONE, 0))


def _later(state: State, minutes: int) -> State:
    """Time passes; after an hour whatever was on its way has arrived."""
    while state.coming and state.coming[0][1] + minutes > LONGEST_ON_ITS_WAY:
        state = _arrived(state, 0, after=LONGEST_ON_ITS_WAY - state.coming[0][1])
    call = state.call
    return state._replace(
        call=call._replace(
            next_in=max(call.next_in - minutes, 0),
            lease_in=max(call.lease_in - minutes, NEVER),
            first=_aged(call.first, minutes),
            last=_aged(call.last, minutes),
        ),
        coming=tuple((generation, age + minutes) for generation, age in state.coming),
        kept=state.kept and (state.kept[0], _aged(state.kept[1], minutes)),
        kept_before=state.kept_before
        and (state.kept_before[0], _aged(state.kept_before[1], minutes)),
    )


def _aged(age: int, minutes: int) -> int:
    return age if age == NEVER else min(age + minutes, OLD)


@cache
def _standing(call: Call) -> Standing:
    return Standing(
        state=call.state,
        next_try_at=NOW + timedelta(minutes=call.next_in),
        key_generation=call.generation,
        lease_until=NOW + timedelta(minutes=call.lease_in)
        if call.state is CallState.SENDING
        else None,
        first_sent_at=None if call.first == NEVER else NOW - timedelta(minutes=call.first),
        last_sent_at=None if call.last == NEVER else NOW - timedelta(minutes=call.last),
        absent_count=call.absent,
    )


def _call(standing: Standing) -> Call:
    return Call(
        state=standing.state,
        generation=standing.key_generation,
        next_in=max(_minutes(standing.next_try_at - NOW), 0),
        lease_in=NEVER if standing.lease_until is None else _minutes(standing.lease_until - NOW),
        first=NEVER if standing.first_sent_at is None else _minutes(NOW - standing.first_sent_at),
        last=NEVER if standing.last_sent_at is None else _minutes(NOW - standing.last_sent_at),
        absent=min(standing.absent_count, rules.ABSENCES_NEEDED),
    )


def _minutes(span: timedelta) -> int:
    """Whole minutes; less than one counts as none, so that what is due soon is due."""
    return int(span.total_seconds() // 60)
