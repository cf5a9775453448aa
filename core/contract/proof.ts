import { type Static, Type } from 'typebox'
import { PROOF_VERDICTS } from '../domain/escalation/proof.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** One call as it was due, and what happened. Instants are epoch milliseconds UTC. */
export const ProofLine = Type.Object({
  runId: Type.String(),
  severity: Type.Integer({ minimum: 1, maximum: 4 }),
  kind: Type.Unsafe<'step' | 'reminder' | 'handling'>({ type: 'string', enum: ['step', 'reminder', 'handling'] }),
  step: Type.Integer(),
  round: Type.Integer(),
  dueAt: Type.Number(),
  firedAt: Nullable(Type.Number()),
  verdict: Type.Unsafe<(typeof PROOF_VERDICTS)[number]>({ type: 'string', enum: [...PROOF_VERDICTS], description: 'kept 按时；late 迟；missed 漏；not_needed 无需；to_come 未到 / in time, late, missed, not needed, to come' }),
  why: Nullable(Type.String()),
})
export type ProofLine = Static<typeof ProofLine>

/** GET /api/v1/alerts/{id}/proof: what was due against what happened, and every line written down of it with its seal. */
export const AlertProof = Type.Object({
  alertId: Type.String(),
  asOf: Type.Number(),
  lines: Type.Array(ProofLine),
  log: Type.Array(
    Type.Object({
      id: Type.String(),
      at: Type.Number(),
      kind: Type.String(),
      ref: Type.String(),
      body: Type.Record(Type.String(), Type.Unknown()),
      sealNo: Nullable(Type.Number({ description: '封存号；空：尚未封存 / number of its seal, null: not sealed yet' })),
    }),
  ),
})
export type AlertProof = Static<typeof AlertProof>

/** GET /api/v1/self-audit. */
export const SelfAudit = Type.Object({
  lastRunAt: Nullable(Type.Number()),
  sealedAt: Nullable(Type.Number({ description: '最近一次封存 / the last seal' })),
  findings: Type.Array(
    Type.Object({
      alertId: Type.String(),
      ruleId: Type.String(),
      regionCode: Type.String(),
      kind: Type.Unsafe<'pointer' | 'overdue' | 'no_run'>({ type: 'string', enum: ['pointer', 'overdue', 'no_run'], description: 'pointer 进度不符；overdue 逾时无人执行；no_run 无升级在运行' }),
      dueAt: Type.Number(),
      foundAt: Type.Number(),
    }),
  ),
})
export type SelfAudit = Static<typeof SelfAudit>
