import type { Explanation } from '../contract/explain.ts'
import { ABNORMAL_RULES, activeRules } from '../domain/abnormal/catalogue.ts'
import { calendarFrom } from '../domain/calendar.ts'
import { isWithin, type RegionNode, type Scope } from '../domain/region.ts'
import { CASE_RULES, COUNT_RULES, riskRule } from '../domain/risk/catalogue.ts'
import { isJoined, type Matter, phenomenonMatter } from '../domain/risk/matter.ts'
import type { RiskParameters, RiskReading } from '../domain/risk/reading.ts'
import { readingInWords } from '../domain/risk/reason.ts'
import { rungsAround } from '../domain/risk/rungs.ts'
import { foldTicket } from '../domain/ticket/fold.ts'
import { judgeTicket } from '../domain/ticket/judge.ts'
import { DAY, floorTo, type Instant, MINUTE, SECOND } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { type KnownStanding, type LiveCase, loadCasesAt, loadTicketAlertsAt } from '../store/case-store.ts'
import { loadEventsOfTickets } from '../store/event-store.ts'
import { loadWindowSums } from '../store/risk-store.ts'
import { loadScopedTicket } from '../store/ticket-detail-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { dayBaseline } from './day-baseline.ts'
import { FeedBuffer } from './feed-buffer.ts'
import { keywordBook } from './keywords.ts'
import { readCasePicture, readPicture } from './risk-picture.ts'
import { limitsByAcceptance } from './ticket-limits.ts'
import { unitBook } from './unit-book.ts'

type Words = Explanation['summary']
type Item = Explanation['items'][number]

const MOST_ITEMS = 50
/** Phenomena of a place that are looked at though they have too few tickets for any rule. */
const MOST_PHENOMENA = 20

/** What was asked: a rule, as of when, and the name of a matter where only that is meant. */
export interface Question {
  readonly ruleId: string
  readonly at: Instant
  readonly matter: string | null
  readonly now: Instant
  /** What the reader may see of what lies around the place. */
  readonly scope: Scope
}

/** Reads as of an instant and writes nothing: the database refuses it. */
async function reading<T>(engine: Engine, at: Instant, fn: (etx: EngineTx) => Promise<T>): Promise<T> {
  const settings = await engine.settings(at)
  return inTransaction(engine.pool, (tx) => fn({ engine, tx, settings, now: at, feed: new FeedBuffer(), bells: new Set() }), { isolation: 'repeatable read', readOnly: true })
}

const isOn = (ruleId: string, { batch, surge, disabledRules }: RiskParameters): boolean =>
  ruleId === 'MR-01' ? batch.enabled : ruleId === 'MR-02' ? surge.enabled : !disabledRules.includes(ruleId)

/** A place and a matter to be looked at, in the form in which ticks are told of live cases. */
const asked = (node: RegionNode, matter: Matter, at: Instant): LiveCase => ({
  alertId: '', matter, regionCode: node.code, regionPath: node.path, severity: 1, state: 'open', openedAt: at, mitigatedAt: null, lastTrueAt: at, falseSince: null, proposedSeverity: null, loweredAt: null, splitFrom: null, claims: [],
})

/** The phenomena of a place in the window, the most tickets first. */
async function phenomenaIn(etx: EngineTx, node: RegionNode, tickAt: Instant): Promise<string[]> {
  const { kinds, windowMinutes } = etx.settings.risk.body
  const counts = new Map<string, number>()
  for (const { regionCode, phenomenon, n } of await loadWindowSums(etx.tx, kinds, tickAt - windowMinutes * MINUTE, tickAt)) {
    if (isWithin(etx.engine.tree.get(regionCode)?.path ?? '', node.path)) counts.set(phenomenon, (counts.get(phenomenon) ?? 0) + n)
  }
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, MOST_PHENOMENA).map(([phenomenon]) => phenomenon)
}

/** What a risk rule read at a tick, in a place and in those that it lies in. */
async function readingsOf(etx: EngineTx, node: RegionNode, { ruleId, matter, scope }: Question, tickAt: Instant): Promise<RiskReading[]> {
  const isCounted = COUNT_RULES.some(({ id }) => id === ruleId)
  const names = !isCounted ? [] : matter === null ? await phenomenaIn(etx, node, tickAt) : [matter]
  const usual = await dayBaseline(etx.engine, tickAt)
  const picture = await readPicture(etx, tickAt, names.map((name) => asked(node, phenomenonMatter(name), tickAt)), usual, 'all')
  const { readings } = CASE_RULES.some(({ id }) => id === ruleId) ? await readCasePicture(etx, tickAt, picture) : picture
  const isMeant = (one: RiskReading) => one.ruleId === ruleId && (matter === null || one.matter.name === matter)
  // A rule that counts speaks of the place itself; others place what they find by themselves, in it or around it.
  const isPlaced = ({ regionCode }: RiskReading) => {
    const path = etx.engine.tree.get(regionCode)?.path ?? ''
    return isCounted ? regionCode === node.code : isWithin(path, scope.path) && (isWithin(path, node.path) || isWithin(node.path, path))
  }
  return readings.filter((one) => isMeant(one) && isPlaced(one))
}

function itemOf(etx: EngineTx, one: RiskReading, standing: readonly KnownStanding[]): Item {
  const { tree } = etx.engine
  const parameters = etx.settings.risk.body
  const path = tree.get(one.regionCode)?.path ?? ''
  const isSame = (held: KnownStanding) => isJoined(held.matter, one.matter, parameters) && (isWithin(held.regionPath, path) || isWithin(path, held.regionPath))
  return {
    regionCode: one.regionCode,
    matter: one.matter,
    level: one.level,
    value: one.value,
    baseline: one.baseline,
    z: one.z,
    r: one.r,
    ...rungsAround(one, parameters, tree.get(one.regionCode)?.level),
    words: readingInWords(one, parameters),
    tickets: one.tickets?.length ?? 0,
    alertIds: standing.filter(isSame).map(({ alertId }) => alertId),
  }
}

const NOTHING: Words = { zh: '该范围此刻没有这条规则可判的事实，因此不成立', en: 'There was nothing in this scope for the rule to judge, so it was not true' }
const OFF: Words = { zh: '规则当时停用', en: 'The rule was switched off then' }

function summaryOf(isRuleOn: boolean, items: readonly Item[]): Words {
  if (!isRuleOn) return OFF
  const [first] = items
  if (first === undefined) return NOTHING
  const next = first.nextLevelAt === null ? null : `${first.nextLevelAt}`
  const zh = first.level === 0 ? '不成立' : `成立，第 ${first.level} 级`
  const en = first.level === 0 ? 'not true' : `true at level ${first.level}`
  return {
    zh: `${zh}：${first.words.zh}${next === null ? '' : `；达到 ${next} 升为下一级`}`,
    en: `${en}: ${first.words.en}${next === null ? '' : `; the next level is reached with ${next}`}`,
  }
}

/** Why a risk rule was true in a place at the last tick at or before an instant, or why not; undefined for a rule that does not exist. Tickets and cases as they are known now. */
export async function explainRisk(engine: Engine, node: RegionNode, question: Question): Promise<Explanation | undefined> {
  const { ruleId, at, now } = question
  const rule = riskRule(ruleId)
  if (rule === undefined) return undefined
  const tickAt = floorTo(at, (await engine.settings(at)).risk.body.tickSeconds * SECOND)
  return reading(engine, tickAt, async (etx) => {
    const { version, body } = etx.settings.risk
    const ruleOn = isOn(ruleId, body)
    const readings = ruleOn ? await readingsOf(etx, node, question, tickAt) : []
    const standing = await loadCasesAt(etx.tx, question.scope, tickAt)
    const items = readings.map((one) => itemOf(etx, one, standing)).sort((a, b) => b.level - a.level || (b.value ?? 0) - (a.value ?? 0)).slice(0, MOST_ITEMS)
    const [lowest, , , highest] = body.holdDownMinutes
    return {
      ruleId,
      name: { zh: rule.nameZh, en: rule.nameEn },
      meaning: { zh: rule.meaningZh, en: rule.meaningEn },
      scope: node.code,
      at: tickAt,
      isOn: ruleOn,
      version,
      parameters: { ...body },
      summary: summaryOf(ruleOn, items),
      clears: {
        zh: `条件须连续不成立满保持时间（蓝、黄 ${lowest} 分钟，橙、红 ${highest} 分钟）；橙、红降级须批准`,
        en: `It must be false without interruption for the hold-down (${lowest} min for blue and yellow, ${highest} min for orange and red); lowering orange or red needs an approval`,
      },
      items,
      asKnownAt: now,
    }
  })
}

async function judgedAt(etx: EngineTx, tx: Tx, key: string, stretch: { from: Instant; to: Instant }, customer: NonNullable<Awaited<ReturnType<typeof loadScopedTicket>>>['customer'], at: Instant) {
  const events = (await loadEventsOfTickets(tx, [key], stretch.from, stretch.to)).filter(({ occurredAt }) => occurredAt <= at)
  if (events.length === 0) return null
  const acceptedAt = Math.min(...events.map(({ occurredAt }) => occurredAt))
  const limits = (await limitsByAcceptance(tx, etx.settings.limits))(acceptedAt)
  const ticket = foldTicket(events, { reopenWithin: limits.reopenDays * DAY })
  const keywords = (await keywordBook(etx, [ticket], new Map([[key, true]]))).of(ticket)
  const context = { limits, calendar: calendarFrom(etx.settings.calendar.body), zone: etx.engine.zone, customer, units: await unitBook(etx, [ticket]), keywords }
  return { ticket, judgement: judgeTicket(ticket, context, etx.settings.abnormal.body, at) }
}

const WHY: Readonly<Record<'true' | 'cleared' | 'absorbed' | 'mitigated' | 'never_true', Words>> = {
  true: { zh: '成立', en: 'true' },
  cleared: { zh: '条件已满足解除', en: 'it had ended' },
  absorbed: { zh: '已由更重的规则包含', en: 'a graver rule holds it' },
  mitigated: { zh: '条件已不成立，待人员关闭', en: 'it was no longer true, a person closes it' },
  never_true: { zh: '不成立', en: 'not true' },
}

/**
 * Why a rule was true of a ticket at an instant, or why not: its events up to then, folded and judged anew by the settings in force then. Undefined for a rule, or a ticket of
 * the scope, that does not exist. What its customer's other tickets make of it is as known now.
 */
export async function explainTicket(engine: Engine, key: string, { ruleId, at, now, scope }: Question): Promise<Explanation | undefined> {
  const rule = ABNORMAL_RULES.find(({ id }) => id === ruleId)
  if (rule === undefined) return undefined
  return reading(engine, at, async (etx) => {
    const stored = await loadScopedTicket(etx.tx, scope, key)
    if (stored === undefined) return undefined
    const { firstEventAt, lastEventAt, customer, regionCode, ticket: present } = stored
    const judged = firstEventAt === null || lastEventAt === null ? null : await judgedAt(etx, etx.tx, key, { from: firstEventAt, to: lastEventAt }, customer, at)
    const active = activeRules(etx.settings.abnormal.body, present.provinceCode).find((one) => one.rule.id === ruleId)
    const verdict = judged?.judgement.verdicts.find((one) => one.ruleId === ruleId)
    const said = typeof verdict?.facts['words'] === 'string' ? verdict.facts['words'].split(' / ') : []
    const why = verdict === undefined ? (active === undefined ? OFF : NOTHING) : WHY[verdict.why]
    const join = (head: string, more: string | undefined, mark: string) => (more === undefined || more === '' ? head : `${head}${mark}${more}`)
    const words: Words = { zh: join(why.zh, said[0], '：'), en: join(why.en, said[1], ': ') }
    return {
      ruleId,
      name: { zh: rule.nameZh, en: rule.nameEn },
      meaning: { zh: rule.meaningZh, en: rule.meaningEn },
      scope: `ticket:${key}`,
      at,
      isOn: active !== undefined,
      version: etx.settings.abnormal.version,
      parameters: { ...active?.values },
      summary: words,
      clears: { zh: rule.clearsZh, en: rule.clearsEn },
      items:
        verdict === undefined
          ? []
          : [{
              regionCode, matter: null, level: verdict.level, value: null, baseline: null, z: null, r: null, nextLevelAt: null, clearsBelow: null, words, tickets: 1,
              alertIds: await loadTicketAlertsAt(etx.tx, key, ruleId, at),
            }],
      asKnownAt: now,
    }
  })
}
