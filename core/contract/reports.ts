import { type Static, Type } from 'typebox'
import { REGULATOR_GRADES, REGULATOR_KINDS, type RegulatorGrade, type RegulatorKind } from '../domain/escalation/regulator-duties.ts'
import { REPORT_KINDS, type ReportKind } from '../domain/escalation/report-duties.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Kind = Type.Unsafe<ReportKind>({ type: 'string', enum: [...REPORT_KINDS], description: 'oral 口头，written 书面，update 续报 / by word of mouth, in writing, how it stands' })
const ToRegulator = Type.Unsafe<RegulatorKind>({ type: 'string', enum: [...REGULATOR_KINDS], description: 'oral 口头，written 书面，monthly 随月报 / by word of mouth, in writing, with the monthly report' })
const AnyKind = Type.Unsafe<ReportKind | RegulatorKind>({ type: 'string', enum: [...new Set([...REPORT_KINDS, ...REGULATOR_KINDS])], description: 'oral 口头，written 书面，update 续报（仅上报），monthly 随月报（仅监管） / by word of mouth, in writing, how it stands (upward only), with the monthly report (regulator only)' })
const Audience = Type.Unsafe<'company' | 'regulator'>({ type: 'string', enum: ['company', 'regulator'], description: 'company 公司内上报，regulator 监管机构 / upward in the company, to the regulator' })
const Text = (maxLength: number, description: string) => Type.String({ maxLength, description })

/** What a written report says beside what the system knows (domain.md 5.5): no customer's name or number. */
export const ReportBody = Type.Object(
  {
    situation: Text(2_000, '何事、自何时、现状 / what, since when, how it stands'),
    cause: Text(1_000, '初步原因 / first hypothesis'),
    measures: Text(2_000, '措施与责任 / measures and owner'),
    expectedEnd: Text(200, '预计恢复 / expected end'),
    line: Text(2_000, '统一口径 / line-to-take'),
    spread: Text(1_000, '扩散风险 / risk of spread'),
    help: Text(1_000, '需要支援 / need for help'),
  },
  { additionalProperties: false },
)
export type ReportBody = Static<typeof ReportBody>

/** The figures of the case at the moment of a report, as the system put them down (domain.md 7.9). */
export const ReportFigures = Type.Object({
  ruleId: Type.String(),
  phenomenon: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  openedAt: Type.Number(),
  tickets: Type.Integer(),
  customers: Type.Integer(),
  confirmedUsers: Nullable(Type.Number()),
})
export type ReportFigures = Static<typeof ReportFigures>

export const CaseReport = Type.Object({
  id: Type.String(),
  audience: Audience,
  kind: AnyKind,
  severity: Type.Integer(),
  madeAt: Type.Number(),
  recordedAt: Type.Number(),
  recordedByName: Type.String(),
  recipient: Type.String(),
  body: ReportBody,
  figures: ReportFigures,
})
export type CaseReport = Static<typeof CaseReport>

/** GET /api/v1/cases/:id/reports: what is owed and made, and a draft of the next one. Instants are epoch milliseconds UTC. */
export const CaseReports = Type.Object(
  {
    alertId: Type.String(),
    duties: Type.Array(Type.Object({ kind: Kind, dueAt: Type.Number(), doneAt: Nullable(Type.Number()), isLate: Type.Boolean() })),
    /** Of an interruption of network or service (MR-07): its grade to the regulator, since when, and what is owed; null for every other case. */
    regulator: Nullable(
      Type.Object({
        grade: Type.Unsafe<RegulatorGrade>({ type: 'string', enum: [...REGULATOR_GRADES] }),
        since: Type.Number(),
        incidentId: Type.String(),
        /** The greatest number of users told; null: nobody told one. */
        users: Nullable(Type.Number()),
        /** `dueAt` null: with the monthly report. */
        duties: Type.Array(Type.Object({ kind: ToRegulator, dueAt: Nullable(Type.Number()), doneAt: Nullable(Type.Number()), isLate: Type.Boolean() })),
      }),
    ),
    /** Newest first. */
    items: Type.Array(CaseReport),
    /** What the system knows of the case by now: measures, words, figures. */
    draft: Type.Object({ body: ReportBody, figures: ReportFigures }),
  },
  { $id: 'CaseReports' },
)
export type CaseReports = Static<typeof CaseReports>

/** POST /api/v1/cases/:id/reports. */
export const ReportOrder = Type.Object(
  {
    audience: Type.Optional(Audience),
    kind: AnyKind,
    recipient: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', description: '报给谁：单位或岗位 / to which unit or post' }),
    madeAt: Type.Optional(Type.Number({ minimum: 0, maximum: 4_102_444_800_000, description: '系统外（如电话）报出的时刻，毫秒；缺省为现在 / when it was given outside the system, epoch ms; now when left out' })),
    body: ReportBody,
  },
  { additionalProperties: false },
)
export type ReportOrder = Static<typeof ReportOrder>
