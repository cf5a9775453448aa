import { type Static, Type } from 'typebox'
import { MATTER_KINDS, type MatterKind } from '../domain/vocabulary.ts'

const COMPARED_KINDS = [...MATTER_KINDS, 'ticket'] as const
/** What a case is about; `ticket`: an alert of one ticket, whose key `matter` is. */
const ComparedKind = Type.Unsafe<MatterKind | 'ticket'>({ type: 'string', enum: [...COMPARED_KINDS] })

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** POST /api/v1/back-tests: values left out are those in force at `to`. */
export const BackTestRequest = Type.Object(
  {
    rule: Type.String({ minLength: 1, maxLength: 12, description: 'MR-01 …, AT-01 …' }),
    scope: Type.Optional(Type.String({ minLength: 1, maxLength: 12, description: '区域代码，缺省为您的区域 / a region code, your own by default' })),
    from: Type.String({ minLength: 1, maxLength: 40, description: '日期或 RFC 3339 / a day or RFC 3339' }),
    to: Type.String({ minLength: 1, maxLength: 40, description: '日期（含当日）或 RFC 3339 / a day (its end) or RFC 3339' }),
    values: Type.Optional(Type.Record(Type.String({ maxLength: 40 }), Type.Unknown(), { description: '如 / such as {"batch.city": [8, 25, 80, 250]}, {"A1": 48}' })),
  },
  { additionalProperties: false },
)

const Side = Type.Object({
  cases: Type.Integer(),
  /** By the highest colour: blue, yellow, orange, red; of an abnormal rule A1 to A4. */
  byColour: Type.Array(Type.Integer()),
  right: Type.Integer(),
  wrong: Type.Integer(),
  /** In %; null where nobody has checked any. */
  precision: Nullable(Type.Number()),
  pages: Type.Integer(),
  pagesPerShift: Type.Object({ mean: Type.Number(), most: Type.Integer() }),
})

const Lone = Type.Object({
  /** Of a stored case that of its alert; of a would-be one a number of this replay. */
  id: Type.String(),
  matterKind: ComparedKind,
  matter: Type.String(),
  regionCode: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  openedAt: Type.Number(),
  severity: Type.Integer({ minimum: 1, maximum: 4 }),
})

/** What a rule would have raised beside what it did; of cases the first 200 are listed. Instants are epoch milliseconds UTC. */
export const BackTestAnswer = Type.Object({
  ruleId: Type.String(),
  from: Type.Number(),
  to: Type.Number(),
  ticks: Type.Integer(),
  would: Side,
  did: Side,
  matchedCount: Type.Integer(),
  matched: Type.Array(Type.Object({ would: Type.String(), did: Type.String(), matterKind: ComparedKind, matter: Type.String(), wouldAt: Type.Number(), didAt: Type.Number(), minutesEarlier: Type.Integer() })),
  medianMinutesEarlier: Nullable(Type.Number()),
  onlyWould: Type.Integer(),
  onlyDid: Type.Integer(),
  onlyWouldCases: Type.Array(Lone),
  onlyDidCases: Type.Array(Lone),
  byDay: Type.Array(Type.Object({ day: Type.String(), would: Type.Integer(), did: Type.Integer() })),
})
export type BackTestAnswer = Static<typeof BackTestAnswer>

const STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
const Listed = {
  id: Type.String(),
  ruleId: Type.String(),
  scope: Type.String(),
  scopeNameZh: Type.String(),
  scopeNameEn: Type.String(),
  from: Type.Number(),
  to: Type.Number(),
  given: Type.Record(Type.String(), Type.Unknown()),
  askedBy: Type.String(),
  askedAt: Type.Number(),
  state: Type.Unsafe<(typeof STATES)[number]>({ type: 'string', enum: [...STATES] }),
  /** Ticks, of an abnormal rule hours of acceptance and one for what came before; 0 done while it waits or reads what came before. */
  ticksDone: Type.Integer(),
  ticksTotal: Type.Integer(),
  endedAt: Nullable(Type.Number()),
}

/** A back-test as it stands; its report once it is done. */
export const BackTestRun = Type.Object({ ...Listed, report: Nullable(BackTestAnswer) })
export type BackTestRun = Static<typeof BackTestRun>

/** GET /api/v1/back-tests: which rules can be tested, and why others cannot; the newest tests of the caller's region, at most 20. */
export const BackTestList = Type.Object({
  rules: Type.Array(Type.Object({ id: Type.String(), whyNot: Nullable(Type.Object({ zh: Type.String(), en: Type.String() })) })),
  items: Type.Array(Type.Object(Listed)),
})
export type BackTestList = Static<typeof BackTestList>
