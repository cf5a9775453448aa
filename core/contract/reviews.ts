import { type Static, Type } from 'typebox'
import type { Judged, ReviewField } from '../domain/review/content.ts'
import { type LimitState, REVIEW_FORMS, type ReviewForm } from '../domain/review/plan.ts'
import { MATTER_KINDS, type MatterKind, ROLES, type Role } from '../domain/vocabulary.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Judgement = Type.Unsafe<Judged>({ type: ['string', 'null'], enum: ['yes', 'no', null] })
const Text = (maxLength: number, description: string) => Type.String({ maxLength, default: '', description })
const RoleName = Type.Unsafe<Role>({ type: 'string', enum: [...ROLES] })
const At = Nullable(Type.Number())

/** What people say in a review beside the figures (domain.md 7.7): no customer's name or number, no person's name. */
export const ReviewBody = Type.Object(
  {
    earlier: Judgement,
    late: Judgement,
    falseAlarm: Judgement,
    behaviour: Text(2_000, '系统表现 / how the system behaved'),
    causes: Type.Array(Type.Object({ depth: Type.Integer({ minimum: 0, maximum: 4 }), text: Type.String({ maxLength: 300 }) }, { additionalProperties: false }), { maxItems: 30, default: [], description: '原因树，按层级 / the tree of causes, by depth' }),
    right: Text(2_000, '做得好的 / what went right'),
    wrong: Text(2_000, '做得不好的 / what went wrong'),
    refunds: Text(1_000, '退费情况 / refunds'),
    rules: Text(2_000, '规则或阈值调整，不需要则写明 / changes of rule or threshold, or that none is needed'),
    line: Text(2_000, '统一口径 / line-to-take'),
    noMeasures: Text(1_000, '无整改措施的理由 / why no measure is taken'),
    metOn: Type.String({ pattern: '^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}$', default: '', description: '部门会议日期 / the day of the meeting with the departments' }),
    departments: Text(300, '参会部门 / departments that took part'),
    minutes: Text(4_000, '会议结论 / what the meeting decided'),
  },
  { additionalProperties: false },
)
export type ReviewBody = Static<typeof ReviewBody>

/** What the system knows of a case that has ended, drafted for its review and frozen with each version. Instants are epoch milliseconds UTC. */
export const ReviewFigures = Type.Object({
  asOf: Type.Number(),
  phenomenon: Type.String(),
  firstCustomerAt: At,
  firstTrueAt: Type.Number(),
  firstAlertAt: Type.Number(),
  ackedAt: At,
  ackDueAt: At,
  firstMeasureAt: At,
  endAt: At,
  resolvedAt: At,
  isLateDetected: Type.Boolean(),
  relapses: Type.Integer(),
  /** Linked tickets that turned out not to be valid. */
  voidTickets: Type.Integer(),
  tickets: Type.Integer(),
  customers: Type.Integer(),
  confirmedUsers: Nullable(Type.Number()),
  refunds: Type.Object({ tickets: Type.Integer(), approvedCents: Type.Number(), paidCents: Type.Number() }),
  /** Appeals of the case's customers within 30 days of its opening, as far as they have come by now. */
  appeals: Type.Integer(),
  measures: Type.Array(Type.Object({ what: Type.String(), ownerRole: RoleName, dueAt: Type.Number(), doneAt: At })),
})
export type ReviewFigures = Static<typeof ReviewFigures>

const Limit = Type.Object({ dueAt: Type.Number(), doneAt: At, state: Type.Unsafe<LimitState>({ type: 'string', enum: ['due', 'overdue', 'in_time', 'late'] }) })
const Form = Type.Unsafe<ReviewForm>({ type: 'string', enum: [...REVIEW_FORMS], description: 'sample 抽查，short 简表，full 完整，meeting 完整并与部门会商 / sample, short form, full, full with a meeting' })

/** A review as lists show it. */
export const ReviewCard = Type.Object({
  alertId: Type.String(),
  ruleId: Type.String(),
  matterKind: Type.Unsafe<MatterKind>({ type: 'string', enum: [...MATTER_KINDS] }),
  matter: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  /** The highest colour that the case ever had. */
  severity: Type.Integer(),
  form: Form,
  status: Type.Union([Type.Literal('open'), Type.Literal('done'), Type.Literal('withdrawn')]),
  /** 1 for the first; higher where the case was taken up again or the same thing came back. */
  round: Type.Integer(),
  first: Nullable(Limit),
  final: Limit,
  isOverdue: Type.Boolean(),
  signed: Type.Integer(),
  signers: Type.Array(RoleName),
  openMeasures: Type.Integer(),
  overdueMeasures: Type.Integer(),
  reopenedBy: Nullable(Type.String()),
})
export type ReviewCard = Static<typeof ReviewCard>

/** GET /api/v1/reviews. */
export const Reviews = Type.Object({ asOf: Type.Number(), open: Type.Integer(), overdue: Type.Integer(), items: Type.Array(ReviewCard) }, { $id: 'Reviews' })
export type Reviews = Static<typeof Reviews>

const Measure = Type.Object({
  id: Type.String(),
  what: Type.String(),
  ownerRole: RoleName,
  dueAt: Type.Number(),
  doneAt: At,
  doneByName: Nullable(Type.String()),
  recordedAt: Type.Number(),
  recordedByName: Type.String(),
  isOverdue: Type.Boolean(),
  toldAlertId: Nullable(Type.String()),
})

const Field = Type.Unsafe<ReviewField>({ type: 'string' })

/** GET /api/v1/cases/:id/review. */
export const CaseReview = Type.Object(
  {
    alertId: Type.String(),
    /** Null where the case owes none: `why`. */
    review: Nullable(
      Type.Object({
        card: ReviewCard,
        version: Type.Integer(),
        /** What the latest version still has to say before it can be signed. */
        missing: Type.Array(Field),
        /** The fields that this form asks for. */
        fields: Type.Array(Field),
        /** The latest version, or a draft from what is known where there is none. */
        content: ReviewBody,
        /** The figures of now. */
        figures: ReviewFigures,
        measures: Type.Array(Measure),
        /** Newest first. */
        versions: Type.Array(Type.Object({ version: Type.Integer(), round: Type.Integer(), savedAt: Type.Number(), savedByName: Type.String(), content: ReviewBody, figures: ReviewFigures })),
        /** In the order in which they were given; withdrawn ones too. */
        signatures: Type.Array(Type.Object({ round: Type.Integer(), version: Type.Integer(), role: RoleName, name: Type.String(), at: Type.Number(), withdrawnAt: At })),
        /** Whose signatures are still asked for, one each. */
        waiting: Type.Array(RoleName),
        watchUntil: At,
        mayWrite: Type.Boolean(),
        maySign: Type.Boolean(),
        /** Posts that a measure may be given to. */
        owners: Type.Array(RoleName),
      }),
    ),
    why: Type.Union([Type.Literal('not_ended'), Type.Literal('not_needed'), Type.Literal('owed')], { description: 'not_ended 案件未解决，not_needed 无需复盘，owed 有复盘 / not resolved yet, none needed, there is one' }),
  },
  { $id: 'CaseReview' },
)
export type CaseReview = Static<typeof CaseReview>

/** POST /api/v1/cases/:id/review. */
export const ReviewOrder = Type.Object(
  { basedOn: Type.Integer({ minimum: 0, description: '所依据的版本，尚无时为 0 / the version it is made from, 0 where there is none' }), content: ReviewBody },
  { additionalProperties: false },
)

/** POST /api/v1/cases/:id/review/sign. */
export const ReviewSignBody = Type.Object({ version: Type.Integer({ minimum: 0, description: '所签的版本 / the version that is signed' }) }, { additionalProperties: false })

/** POST /api/v1/cases/:id/review/measures. */
export const ReviewMeasureBody = Type.Object(
  {
    what: Type.String({ minLength: 1, maxLength: 500, description: '措施 / what is done' }),
    ownerRole: RoleName,
    dueOn: Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: '完成日期（含当日） / the day by whose end it is done' }),
  },
  { additionalProperties: false },
)
export type ReviewMeasureBody = Static<typeof ReviewMeasureBody>

/** POST /api/v1/cases/:id/review/measures/:measureId. */
export const ReviewMeasureDone = Type.Object({ isDone: Type.Boolean() }, { additionalProperties: false })

/** GET /api/v1/reviews. */
export const ReviewQuery = Type.Object({
  state: Type.Unsafe<'open' | 'overdue' | 'done' | 'all'>({ type: 'string', enum: ['open', 'overdue', 'done', 'all'], default: 'open', description: '待办、逾期、已签、全部 / open, overdue, signed, all' }),
  severity: Type.Optional(Type.Integer({ minimum: 1, maximum: 4, description: '1 蓝 … 4 红 / 1 blue … 4 red' })),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 200 }),
})
