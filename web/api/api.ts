import type { AlertProof } from '../../core/contract/proof.ts'
import type { AlertDetail, AlertList, MoveBody } from '../../core/contract/alerts.ts'
import type { CaseDetail, MeasureBody, MergeCandidates, SplitBody } from '../../core/contract/cases.ts'
import type { KpiAnswer, KpiMonthsAnswer } from '../../core/contract/kpi.ts'
import type { TicketDetail } from '../../core/contract/tickets.ts'
import type { NodeInfo, WallSnapshot } from '../../core/contract/wall.ts'
import { Unauthorised } from '../live/connection.ts'
import { readSnapshot } from '../live/frame.ts'
import { send } from '../session/session.ts'
import { ApiFailure, request } from './request.ts'

/** GET /wall. Throws `Unauthorised` on 401, `ApiFailure` otherwise; a body that does not fit the contract counts as a failure. */
export async function getSnapshot(deviceToken: string | null, signal: AbortSignal): Promise<WallSnapshot> {
  try {
    const body = await request<unknown>('/wall', { deviceToken, signal })
    const version = (body as { version?: unknown } | null)?.version
    const snapshot = readSnapshot(body)
    if (snapshot) return snapshot
    // Another version may have another shape: let the connection see the number and reload.
    if (typeof version === 'number') return body as WallSnapshot
    throw new ApiFailure(200, null)
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401) throw new Unauthorised()
    throw error
  }
}

/** The nodes of the caller's scope, parents before children. */
export async function getRegions(deviceToken: string | null, signal?: AbortSignal): Promise<readonly NodeInfo[]> {
  return (await request<{ items: NodeInfo[] }>('/regions', { deviceToken, ...(signal ? { signal } : {}) })).items
}

export const getAlert = (id: string, signal?: AbortSignal) => request<AlertDetail>(`/alerts/${encodeURIComponent(id)}`, signal ? { signal } : {})

export const getProof = (id: string) => request<AlertProof>(`/alerts/${encodeURIComponent(id)}/proof`)

export const getTicket = (key: string, signal?: AbortSignal) => request<TicketDetail>(`/tickets/${encodeURIComponent(key)}`, signal ? { signal } : {})

export const getAlerts = (query: URLSearchParams, signal?: AbortSignal) => request<AlertList>(`/alerts?${query}`, signal ? { signal } : {})

/** One move of the signed-in person, answered by the alert as it is then. Throws `ApiFailure` 409 with `by` and `at` when somebody else was first. */
export const moveAlert = (id: string, body: MoveBody) => send<AlertDetail>(`/alerts/${encodeURIComponent(id)}/moves`, body)

export const getKpi = (region: string | null, weeks: number, signal?: AbortSignal) => {
  const query = new URLSearchParams({ weeks: String(weeks) })
  if (region !== null) query.set('region', region)
  return request<KpiAnswer>(`/kpi?${query}`, signal ? { signal } : {})
}

/** Indicators of a region over the last `months` months. */
export const getKpiMonths = (region: string, months: number, signal?: AbortSignal) =>
  request<KpiMonthsAnswer>(`/kpi/months?${new URLSearchParams({ region, months: String(months) })}`, signal ? { signal } : {})

const caseAt = (id: string) => `/cases/${encodeURIComponent(id)}`

export const getCase = (id: string, signal?: AbortSignal) => request<CaseDetail>(caseAt(id), signal ? { signal } : {})

/** Live cases that this one may be merged into, found by words. */
export const getMergeCandidates = async (id: string, words: string, signal?: AbortSignal) =>
  (await request<MergeCandidates>(`${caseAt(id)}/merge-candidates?${new URLSearchParams({ q: words })}`, signal ? { signal } : {})).items

/** Answers with the case that stays. */
export const mergeCase = (id: string, into: string, reason: string) => send<AlertDetail>(`${caseAt(id)}/merge`, { into, reason })

/** Answers with the new case. */
export const splitCase = (id: string, body: SplitBody) => send<AlertDetail>(`${caseAt(id)}/split`, body)

export const addMeasure = (id: string, body: MeasureBody) => send<CaseDetail>(`${caseAt(id)}/measures`, body)

export const finishMeasure = (id: string, measureId: string, isDone: boolean) =>
  send<CaseDetail>(`${caseAt(id)}/measures/${encodeURIComponent(measureId)}`, { isDone }, 'PUT')

/** The words that follow `version`; 409 where somebody stated others since. */
export const stateLine = (id: string, text: string, version: number) => send<CaseDetail>(`${caseAt(id)}/line`, { text, version }, 'PUT')
