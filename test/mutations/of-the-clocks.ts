import { type Mutation, planted } from './mutation.ts'

const at = (name: string): string => `core/domain/ticket/clocks/${name}.ts`
const TESTS: readonly string[] = ['clock-handle', 'clock-families', 'clock-after', 'clock-appeal', 'clock-edges'].map(
  (name) => `test/unit/${name}.test.ts`,
)

/** Faults of the clocks: bounds, pauses, prolongations, what starts and what stops them. */
export const CLOCK_MUTATIONS: readonly Mutation[] = [
  ...planted(at('pauses'), TESTS, [
    ['to: Math.max(last.to, span.to) }', 'to: span.to }', 'a pause within another ends both'],
    ['    left -= to - pause.from\n', '', 'the cap is one of each suspension'],
    ['      from = hole.to\n', '', 'a suspension goes on in a closed gap'],
    ["ticket.kind === 'appeal' ? NO_PAUSES : ", '', 'an appeal is suspended'],
    ['Math.max(span.from, start)', 'span.from', 'a pause counts before the acceptance'],
    ['Math.min(pause.to, to))', 'pause.to)', 'a pause counts after the end'],
  ]),
  ...planted(at('reading'), TESTS, [
    ['isOverdue: end > deadlineAt', 'isOverdue: end >= deadlineAt', 'late at the deadline itself'],
    ['extension.requestedAt >= after(', 'extension.requestedAt > after(', 'asked for at the deadline is in time'],
    ['count >= extensionsPerLeg', 'count > extensionsPerLeg', 'two extensions of one stay'],
    ['answeredAt === null || answeredAt <= at', 'answeredAt === null || answeredAt < at', 'approved at this instant does not count'],
    ['Math.min(extension.minutes * MINUTE', 'Math.max(extension.minutes * MINUTE', 'the most of an extension is its least'],
    ['pause.from <= at && at < pause.to', 'pause.from <= at && at <= pause.to', 'paused at the end of a pause'],
    ['given !== null && given < plain', 'given !== null && given > plain', 'the later of two dates counts'],
    ["|| ticket.kind === 'appeal') return 0", ') return 0', 'an appeal is prolonged'],
    ['instant < first)) first', 'instant > first)) first', 'the latest stops a clock'],
    ['?? ticket.cancelledAt ?? ticket.mergedAt', '?? ticket.cancelledAt', 'a merged ticket runs on'],
    ['limit + sum + paused', 'limit + paused', 'an extension within the one before is too late'],
    ['if (pause.from > at) next = Math.min(next, pause.from)', '', 'a pause to come changes nothing'],
    ['clock.legId !== undefined && clock.legId !== extension.legId', 'clock.legId === null', 'an extension counts for every stay'],
  ]),
  ...planted(at('handle'), TESTS, [
    ['if (other < minutes)', 'if (other > minutes)', 'the longest limit applies'],
    ['customer.repeatCount30d >= 1', 'customer.repeatCount30d > 1', 'one repetition is none'],
    ['star >= limits.highValueStar', 'star > limits.highValueStar', 'the lowest high star is none'],
    ['stoppedAt: endAt, pauses: pauses.gaps', 'stoppedAt: endAt, pauses: pauses.both', 'the group’s count is suspended'],
    ["'repeat')\n", "'high_value')\n", 'a repetition gives another reason'],
    [" && (ticket.kind === 'complaint' || ticket.kind === 'appeal')", '', 'an enquiry repeats'],
  ]),
  ...planted(at('dispatch'), TESTS, [
    ['ticket.legs[0]?.firstClaimedAt, endAt', 'endAt', 'a ticket that the hot-line claims waits for a dispatch'],
    ["    if (leg.finish === 'recalled') continue\n", '', 'a recalled stay is claimed'],
    ['isHigh || isUrgent(ticket) ?', 'isHigh ?', 'urgent is not dispatched sooner'],
    ["=== 'urgent' || urgency === 'critical'", "=== 'urgent'", 'critical is not urgent'],
  ]),
  ...planted(at('fault'), TESTS, [
    ['< faultSameDayCut', '<= faultSameDayCut', 'reported at 16:00 is repaired the same day'],
    [" && ticket.productL1 !== 'mobile'", '', 'mobile has the limit of the country'],
    ['ticket.appointments[0]?.setAt, ', '', 'an appointment is no response'],
  ]),
  ...planted(at('first-contact'), TESTS, [
    ['find((reply) => reply.recordNo !== null)', 'find((reply) => reply.method !== null)', 'a reply without a record is a contact'],
    ["!leg.isAssist && leg.finish !== 'recalled'", '!leg.isAssist', 'a recalled stay promises the half hour'],
    ['Math.min(firstContactGolden, firstContact)', 'firstContactGolden', 'a golden half hour that is longer lengthens'],
  ]),
  ...planted(at('review'), TESTS, [
    ['reading >= dayShiftEnd', 'reading > dayShiftEnd', '20:00 is day'],
    ['reading < dayShiftStart', 'reading <= dayShiftStart', '08:00 is night'],
    ['readingOfDay(day + 1, reviewNightEnd', 'readingOfDay(day, reviewNightEnd', 'the noon before the night'],
    ['next?.receivedAt, endAt', 'endAt', 'a new dispatch leaves the review running'],
    ['if (leg.isAssist || leg.finish', 'if (leg.finish', 'a helper’s answer is reviewed'],
  ]),
  ...planted(at('customer-reply'), TESTS, [
    ['one.at >= answeredAt', 'one.at > answeredAt', 'told at the instant of the answer is not told'],
    [' - pausedBetween(NATURAL, pauses.both, startAt, end)', '', 'the pauses of the reply are added twice'],
    ['next?.receivedAt, endAt', 'endAt', 'a new dispatch leaves the reply running'],
    ['latest - startAt >= own', 'latest - startAt < own', 'the end of handling is the later one'],
  ]),
  ...planted(at('refund'), TESTS, [
    ['refund.rejectedAt, ticket', 'ticket', 'a refused refund is still to be paid'],
    ['ticket.phenomenonL2 !== RECONNECTION', 'true', 'a reconnection is known only from its stage'],
  ]),
  ...planted(at('survey'), TESTS, [
    ['?? 0) >= completedAt', '?? 0) > completedAt', 'a survey sent at the completion is not its own'],
    [' || ticket.legs.length === 0 ||', ' ||', 'what was closed at acceptance is surveyed'],
    ["new Set(['unreachable', 'duplicate'])", "new Set(['unreachable'])", 'duplicates are surveyed'],
    ['reopening?.to, ', '', 'a reopening leaves the repair running'],
    ['if (index < since || sentAt === null)', 'if (sentAt === null)', 'surveys of an earlier completion run'],
  ]),
  ...planted(at('supervision'), TESTS, [
    ['supervision.dueAt === null ? limited', 'supervision.dueAt !== supervision.answeredAt ? limited', 'the date of a demand is not read'],
  ]),
  ...planted(at('appeal'), TESTS, [
    ["leg.finish === 'replied' && leg.review !== 'failed'", "leg.finish === 'replied'", 'a refused answer is one'],
    [
      'earliest(ticket.appeal?.closedAt, ticket.cancelledAt',
      'earliest(ticket.completedAt, ticket.appeal?.closedAt, ticket.cancelledAt',
      'a completion answers the regulator',
    ],
    ['Math.min(gov12345UrgentWorkingDays, byKind)', 'byKind', 'urgent is not the same day'],
    ['ticket.channel !== GOV_CHANNEL', "ticket.channel === ''", 'every channel is 12345'],
  ]),
  ...planted(at('leg'), TESTS, [
    ['leg.receivedAt - assistMargin', 'leg.receivedAt + assistMargin', 'the margin of a helper has the wrong sign'],
    ['leg.limitMinutes * MINUTE < own', 'leg.limitMinutes * MINUTE > own', 'a given limit only lengthens'],
    ['Math.max(assistLeast', 'Math.min(assistLeast', 'the least of a helper is the most'],
    ['const stoppedAt = earliest(leg.finishedAt, scene.endAt)', 'const stoppedAt = leg.finishedAt', 'a stay runs on after the end'],
  ]),
  ...planted(at('install'), TESTS, [
    [' && finishedAt >= reopenedAt', '', 'a reopened installation stays finished'],
    ['visitOverAt(ticket, appointment), endAt)', 'endAt)', 'a visit that a completion made needless is missed after the reopening'],
    ['appointment.replacedBy === null ? null : ticket', 'ticket', 'every later visit ends the one before'],
    ['earliest(stage.leftAt, endAt)', 'earliest(endAt)', 'leaving a stage stops nothing'],
    ["  data_config: 'stageData',\n", '', 'a stage of data is not known by its other name'],
  ]),
]
