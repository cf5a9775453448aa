import { type Mutation, planted } from './mutation.ts'

const LAWS = ['test/unit/replay-laws.test.ts']
const SIGNS = ['test/unit/abnormal-signs.test.ts']
const HOURS = ['test/db/peer-hours.test.ts']
const STORED_SIGNS = ['test/db/ticket-signs.test.ts']

/** Faults in what a back-test passes over: it must raise what it raises with every look judged. */
export const BACK_TEST_MUTATIONS: readonly Mutation[] = [
  ...planted('core/domain/risk/judge-case.ts', LAWS, [
    ['clocks.push(memory.falseSince + holdDownMs(memory.severity, parameters))', 'clocks.push(Number.POSITIVE_INFINITY)', 'the end of a hold-down is passed over'],
    ['if (flaps !== null) clocks.push(flaps)', '', 'the end of the hold of a case that flaps is passed over'],
  ]),
  ...planted('core/domain/risk/replayed-cases.ts', LAWS, [
    ["look === 'prompt' || this.#hasMoved ?", 'this.#hasMoved ?', 'a look between ticks settles what only a tick sees fall'],
    ["look === 'prompt' || this.#hasMoved ?", "look === 'prompt' ?", 'a tick that has moved something settles it'],
    ['isPrompt ? any : all', 'all', 'what looks between ticks see was true at ticks only'],
    ['isPrompt ? any : all', 'any', 'what looks between ticks do not see was true at them'],
    ['[...this.#live, ...other.#live].sort(byOpening)', '[...other.#live, ...this.#live]', 'cases of circles that meet stand in another order'],
    ['[...this.#true, ...other.#true]', 'this.#true', 'cases of circles that meet were true no longer than when they were judged'],
  ]),
  ...planted('core/domain/risk/replayed-circles.ts', LAWS, [
    ['for (const one of all.values()) for', 'for (const one of [matter]) for', 'a product and a phenomenon of its phenomenon are not judged together'],
    ['if (isWithin(inner.path, path)) this.#takeIn', 'if (inner.path === path) this.#takeIn', 'a place above does not meet the places in it'],
    ['circle.hasChanged = false\n    cases.keepTrue(this.#last)\n', 'circle.hasChanged = false\n', 'a case was true no longer than when it was judged'],
    ['a.level === b.level && ', '', 'another colour of a reading moves nothing'],
    ['this.#all.sort(byOpening)', '', 'cases stand in the order of their circles'],
  ]),
  ...planted('core/domain/risk/groups-in-time.ts', LAWS, [
    ['change.at <= tickAt;', 'change.at < tickAt;', 'a word called wrong on a tick counts at it'],
    ['if (change.at < tickAt) this.#next', 'this.#next', 'a fact that came on a tick is not seen by the next'],
    ['one.endsAt < tickAt', 'one.endsAt <= tickAt', 'a fact of the last instant of the hours is too old'],
  ]),
  ...planted('core/domain/risk/rule-in-time.ts', LAWS, [['facts.filter(({ regionCode }) => has(regionCode))', 'facts', 'a province is read by the values of the group, too']]),
  ...planted('core/engine/replay-gather.ts', LAWS, [
    ['[acceptedAt, ...(wrongAt', '[...(wrongAt', 'a word that comes is not read'],
    ['wrongAt > acceptedAt + hours ? [] : [wrongAt]', 'wrongAt > acceptedAt + hours ? [] : []', 'a word called wrong is not read again'],
    [' acceptedAt + minutes,', '', 'an hour after the call emergency numbers are still down'],
    ['[acceptedAt, acceptedAt + hoursOf(parameters) * HOUR]', '[acceptedAt]', 'a ticket counts for no longer than its instant'],
  ]),
  ...planted('core/domain/abnormal/replayed-alerts.ts', SIGNS, [
    ["every(({ why }) => why === 'never_true')", 'every(({ level }) => level === 0)', 'what was true once and is over leaves no alert'],
    ['Math.min(until, ...ended.map(({ at }) => at))', 'until', 'what had ended still rang by its course'],
    ['if (severity > (rings.at(-1)?.severity ?? 0)) rings', 'rings', 'a level no higher than the last rang by its course'],
    ["ended.some(({ how }) => how === 'cleared')", "ended.every(({ how }) => how === 'cleared')", 'what was answered after it was left to a person is left to one'],
  ]),
  ...planted('core/domain/ticket/correction.ts', SIGNS, [['  memory.isCorrected = true\n', '', 'a corrected ticket has a steady course']]),
  ...planted('core/domain/ticket/judge.ts', SIGNS, [
    ['return wentOn(view) ? null : (', 'return (', 'a ticket that went on after its end has a steady course'],
    ['ticket.reopenCount > 0 || (', '(', 'a reopened ticket has a steady course'],
  ]),
  ...planted('core/domain/abnormal/at-01-near-timeout.ts', SIGNS, [
    ['Math.max(startAt, deadlineAt - bound)', 'deadlineAt - bound', 'a ticket was near its deadline before it was accepted'],
  ]),
  ...planted('core/domain/abnormal/at-09-unclaimed.ts', SIGNS, [['view.ticket.legs.length > 1 ? null : ', '', 'of several stays the first tells of all']]),
  ...planted('core/domain/abnormal/at-10-no-first-response.ts', SIGNS, [['view.context.limits.goldenUnits.length > 0 ? null : ', '', 'the time that the last unit promises was that from the start']]),
  ...planted('core/domain/abnormal/at-14-important-customer.ts', SIGNS, [['view.ticket.extensions.length > 0 ? null : ', '', 'a limit that was prolonged was that from the start']]),
  ...planted('core/store/abnormal-replay-store.ts', ['test/db/back-test-abnormal.test.ts'], [["coalesce(strpos(fold_memory::text, '${UNCORRECTED}') > 0, false)", 'true', 'a corrected ticket is taken for one that never was']]),
  ...planted('core/domain/abnormal/sign.ts', SIGNS, [
    ['Math.min(handleMinutes, handleHighValueMinutes)', 'handleMinutes', 'the limit of high value is passed over'],
    ['[GROUP, ...Object.keys(parameters.scopes ?? {})]', '[GROUP]', 'a province that is stricter is passed over'],
    ['(openFor ?? 0) < (held.openFor ?? 0)', '(openFor ?? 0) > (held.openFor ?? 0)', 'of two signs the longer counts'],
  ]),
  ...planted('core/domain/abnormal/at-01-near-timeout.ts', SIGNS, [["  { shows: ['limitMinutesGiven'] },\n", '', 'a limit given by the source is passed over']]),
  ...planted('core/domain/abnormal/course.ts', SIGNS, [
    ['Math.min(...levelBounds(parameters', 'Math.max(...levelBounds(parameters', 'a ticket must be open for the highest bound'],
    ['suspensions.length + extensions.length === 0', 'extensions.length === 0', 'a deadline that a suspension moved was that from the start'],
    ['suspensions.length + extensions.length === 0', 'suspensions.length === 0', 'a deadline that was prolonged was that from the start'],
  ]),
  ...planted('core/domain/abnormal/at-09-unclaimed.ts', SIGNS, [["  { legs: 1, shows: ['qualityFlags'] },\n", '', 'a stay from before the acceptance is passed over']]),
  ...planted('core/domain/abnormal/at-11-escalation-tendency.ts', SIGNS, [["reads: ['keywords']", 'reads: []', 'words of the text are not read']]),
  ...planted('core/domain/abnormal/at-20-orphan-ticket.ts', SIGNS, [["reads: ['units']", 'reads: []', 'the table of units is not read']]),
  ...planted('core/domain/abnormal/at-23-data-quality.ts', HOURS, [["reads: ['peers']", 'reads: []', 'the other events of the hour are not read']]),
  ...planted('core/engine/replay-abnormal.ts', HOURS, [['one.lastEventAt < to && ', '', 'what came after the span has the last word on it']]),
  ...planted('core/store/abnormal-replay-store.ts', HOURS, [[", `last_event_at >= ${instantOf('$5')}`", '', 'a sign that was mended after the span is none in it']]),
  ...planted('core/store/ticket-signs.ts', STORED_SIGNS, [
    ["one[of])].join(' or ')", "one[of])].join(' and ')", 'a ticket must show every sign'],
    ["coalesce(closed_at, ${until}) - accepted_at", "closed_at - accepted_at", 'what is still open was open for no time'],
    ["::float8, 'infinity')", '::float8, 0)', 'what has not come is not late'],
    ['customer_history is not null', 'customer_history is null', 'the other tickets of a customer say nothing'],
  ]),
]
