import { type Mutation, planted } from './mutation.ts'

const unit = (...names: readonly string[]): readonly string[] => names.map((name) => `test/unit/${name}.test.ts`)
const at = (name: string): string => `core/domain/count/${name}.ts`

/** Faults of what tickets count as, and of the cells that add it up. */
export const COUNT_MUTATIONS: readonly Mutation[] = [
  ...planted(at('facts-acc'), unit('facts-acc', 'facts-scenarios'), [
    ["verdict === 'kept' && !isClosedWithoutReply(ticket)", "verdict === 'kept'", 'closed without a reply is in time'],
    ['>= limits.faultSameDayCut', '> limits.faultSameDayCut', 'accepted at the cut is before it'],
    ['ticket.completedAt < midnight', 'ticket.completedAt <= midnight', 'midnight is the same day'],
    ['>= limits.dayShiftEnd', '> limits.dayShiftEnd', 'dispatched at 20:00 is before it'],
    ['new Set([1, 2])', 'new Set([1])', 'not accepted is attributed'],
    ['ticket.raisedAt.length > 0 || ticket', 'ticket', 'raised is not counted'],
    ['ticket.marks.strictestScene >= 0', 'ticket.marks.strictestScene > 0', 'the strictest scene 0 is none'],
    ["ticket.urbanRural !== 'urban' && !isTopTier", "ticket.urbanRural !== 'urban'", 'top-tier lines have no evening'],
    ['isFault && !isMass && customer', 'isFault && customer', 'a mass incident repeats a fault'],
  ]),
  ...planted(at('facts-due'), unit('facts-due', 'facts-laws'), [
    ['repliedAt <= deadlineAt', 'repliedAt < deadlineAt', 'told at the last instant is too late'],
    ['scene.isReached(deadlineAt + 1)', 'scene.isReached(deadlineAt)', 'the 15th day is over before its end'],
    ['  if (leg?.isAssist === true) return\n', '', 'a helper has to claim'],
    ['return (ticket.refunds[place]?.paidAt ?? null) !== null', 'return true', 'a refused refund was paid in time'],
    ['return (ticket.repairs[place]?.closedAt ?? null) !== null', 'return true', 'a repair that was cut short was kept'],
    ['firstContactedAt <= instant) ||', 'firstContactedAt < instant) ||', 'contacted at the stop is not contacted'],
    ['legs.find((leg) => leg.legId === subject && leg.receivedAt === startAt) ??', '', 'two stays of one id are one'],
  ]),
  ...planted(at('facts-evt'), unit('facts-events', 'facts-scenarios'), [
    ['arrival <= latest && companyMoves', 'arrival < latest && companyMoves', 'arrived at the end of the grace is late'],
    ['companyMoves <= 1', 'companyMoves < 1', 'one move by the company breaks the visit'],
    ['&& !isAgain', '', 'what is done over is reviewed anew'],
    ['serviceRestoredAt - reconnectPaidAt <=', 'serviceRestoredAt - reconnectPaidAt <', 'thirty minutes to the instant are too long'],
    [" || replacedBy === 'customer'", '', 'a visit that the customer moved is missed'],
    ["visit === 'kept' && place === last", "visit === 'kept'", 'a fault is held against every visit'],
    ['surveys.findLast(isAnswered)', 'surveys.find(isAnswered)', 'the first answer counts'],
    ['amountCents > 0) scene', 'amountCents >= 0) scene', 'nothing paid is a fact'],
    ['  if (scene.isCancelled) return\n', '', 'a cancelled ticket has events'],
  ]),
  ...planted(at('facts-fin'), unit('facts-fin', 'facts-scenarios'), [
    ['raw.netElapsed <= 48 * HOUR', 'raw.netElapsed < 48 * HOUR', '48 h to the instant are too long'],
    ['elapsed <= 24 * HOUR', 'elapsed < 24 * HOUR', '24 h to the instant are too long'],
    ['first.reopenedAt - first.at <= 7 * DAY', 'first.reopenedAt - first.at < 7 * DAY', 'reopened exactly at seven days is not'],
    ['Math.min(to ?? completedAt, completedAt)', '(to ?? completedAt)', 'suspended beyond the completion'],
    ['reopenCount === 0 && repeatedAt', 'repeatedAt', 'a reopened ticket was solved at first'],
    ['redispatchCount >= 2', 'redispatchCount > 2', 'redispatched twice is once'],
    ["qualification !== null && qualification.liability !== ''", 'qualification !== null', 'an open liability is qualified'],
    ['isSurveyed(ticket) || (isSurveyEligible', '(isSurveyEligible', 'surveyed all the same is not eligible'],
    ["|| leg.finish === 'recalled' || leg.unitId === null", '|| leg.unitId === null', 'a recalled stay was elsewhere'],
    ['scene.ticket.incidentId === null && isKept', 'isKept', 'faults of mass incidents are in time'],
  ]),
  ...planted(at('facts-leg'), unit('facts-events'), [
    ["(finish === 'reassigned' && firstClaimedAt !== null)", "finish === 'reassigned'", 'moved before a claim is finished'],
    ['subject === legId && startAt === receivedAt', 'subject === legId', 'two stays of one id have one clock'],
    ["finish === 'returned' || finish === 'transferred'", "finish === 'transferred'", 'a return finishes nothing'],
  ]),
  ...planted(at('facts-snap'), unit('facts-events', 'facts-laws'), [
    ['scene.acceptedAt + age + 1', 'scene.acceptedAt + age', 'an age is passed at its instant'],
    ['scene.dueAt(handle) + 1', 'scene.dueAt(handle)', 'overdue at the deadline itself'],
    ["leg.finish === 'returned' || leg.finish === 'recalled'", "leg.finish === 'returned'", 'a recalled ticket stays with the unit'],
    ['this.#count(end, holding.unit, measure, -1)', 'this.#count(end, holding.unit, measure, 1)', 'leaving a state enters it'],
    ['    start = pause.to\n', '    start = pause.from\n', 'overdue goes on in a pause'],
  ]),
  ...planted(at('facts-of-ticket'), unit('facts-laws', 'facts-scenarios'), [
    [
      '  if (!scene.isCancelled) {\n    addCompletion',
      '  if (scene.facts !== null) {\n    addCompletion',
      'a cancelled ticket is judged by its limits',
    ],
    [' || !isValid(ticket)', '', 'a void ticket counts'],
  ]),
  ...planted(at('fact-scene'), unit('facts-laws', 'facts-due', 'facts-fin'), [
    ['this.isReached(this.dueAt(reading) + 1)', 'this.isReached(this.dueAt(reading))', 'a limit is broken at its instant'],
    ['if (instant <= this.at) return true', 'if (instant < this.at) return true', 'what comes now has not come'],
    ['if (instant < this.#next) this', 'this', 'the last of several instants is the next'],
    ["!leg.isAssist && leg.finish !== 'recalled' && leg.unitId", '!leg.isAssist && leg.unitId', 'a ticket counts for the unit it was recalled from'],
    ["return isAnswered ? 'kept' : 'void'", "return 'kept'", 'an end without an answer is kept'],
  ]),
  ...planted(at('due-instant'), unit('facts-laws', 'facts-due'), [
    ['if (from > due) break', 'if (from >= due) break', 'a pause that begins as the limit is used up comes after it'],
    ['Math.min(to, stoppedAt)', 'to', 'a pause goes on after the stop'],
  ]),
  ...planted(at('open-spans'), unit('facts-laws', 'facts-events'), [
    ['from = Math.max(from, gap.to ?? Number.POSITIVE_INFINITY)', 'from = gap.from', 'open in the closed gap'],
  ]),
  ...planted(at('cell-sums'), unit('count-cells', 'cell-edges'), [
    ['(n[measure] ?? 0) + times * (counts', '(n[measure] ?? 0) + (counts', 'what is lost is added'],
    ["values[cut[at] as number] = ''", "values[cut[at] as number] = values[cut[at] as number] as string", 'a fact leaves its values to the next'],
    ['(cell.buckets.get(bucket) ?? 0) + times', '(cell.buckets.get(bucket) ?? 0) + 1', 'the sketch loses its sign'],
    ['n.some((value) => value !== 0)', 'n.some((value) => value > 0)', 'cells that only lose are left out'],
    ['HOUR * 12 - (date - 1) * 24', 'HOUR * 12 - date * 24', 'a month begins a day early'],
    ['floorTo(at + offset, HOUR) - offset', 'floorTo(at, HOUR)', 'hours are cut in UTC'],
    ['if (n !== 0) list.push({ ...place, bucket, n })', 'if (n > 0) list.push({ ...place, bucket, n })', 'buckets that only lose are left out'],
    ['a.binAt - b.binAt || ordered(a.regionCode, b.regionCode)', 'a.binAt - b.binAt', 'regions are in no order'],
    ['this.#tree.atLevel(finest, group.level) ?? this.#tree.root', 'this.#tree.root', 'everything counts at the root'],
    ['if (byValue.size > 1)', 'if (byValue.size > 2)', 'two values are in no order'],
  ]),
  ...planted(at('sketch'), unit('count-cells', 'cell-edges'), [
    ['seconds < 1 ? 0', 'seconds <= 1 ? 0', 'a second is less than one'],
    ['Math.ceil(share * total)', 'Math.floor(share * total)', 'the rank is rounded down'],
    ['filter(([, n]) => n > 0)', 'filter(([, n]) => n !== 0)', 'a lost bucket counts'],
    ['if (seen >= rank) return', 'if (seen > rank) return', 'the rank is passed by one'],
    ['(sums.get(bucket) ?? 0) + n)', 'n)', 'entries of one bucket replace each other'],
    ['(2 * GAMMA ** bucket) / (1 + GAMMA)', 'GAMMA ** bucket', 'a bucket is told by its upper end'],
    ['/ LOG_GAMMA) + 1', '/ LOG_GAMMA)', 'values slip one bucket down'],
  ]),
]
