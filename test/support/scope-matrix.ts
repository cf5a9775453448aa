import { ROLES, type Role } from '../../core/domain/vocabulary.ts'
import type { Planted } from './planted.ts'
import { as, world } from './scope-world.ts'
import type { Answer } from './server.ts'

const WATCH = ['duty_agent', 'duty_leader', 'duty_manager', 'province_center_director', 'province_cs_dept', 'city_owner', 'dept_owner', 'group_ops', 'group_cs_dept'] as const
const LOWERS: readonly Role[] = ['duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept']
const SEES_ALERTS: readonly Role[] = [...WATCH, 'data_steward', 'auditor']
const SEES_QUARANTINE: readonly Role[] = ['duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept', 'data_steward']
const MANAGES_HOLDS: readonly Role[] = ['province_cs_dept', 'group_cs_dept']
const SEES_HOLDS: readonly Role[] = [...MANAGES_HOLDS, 'auditor']
const CHECKS: readonly Role[] = ['duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept']
const SEES_ROSTERS: readonly Role[] = [...WATCH, 'auditor', 'admin']
const MANAGES_ROSTERS: readonly Role[] = ['duty_manager', 'province_center_director', 'province_cs_dept', 'admin']
const rosterOf = (of: Planted) => `/api/v1/rosters/city_owner/${of.city.code}`
const ADMIN: readonly Role[] = ['admin']
const MANAGES_RULES: readonly Role[] = ['province_cs_dept', 'group_cs_dept', 'admin']

/** What domain.md 2.4 allows, written down here once more by hand; `ok` is the answer to a sound request about one's own province. */
export interface Row {
  readonly people: readonly Role[]
  readonly key?: true
  readonly wall?: true
  readonly anybody?: true
  readonly ok: number
  readonly path?: (of: Planted) => string
  readonly body?: (of: Planted) => unknown
  /** The answer to the same request about another province's thing: never one that tells it exists. */
  readonly foreign?: number
}

/** Sound settings of a gateway. */
const PROVIDER = { url: 'https://gateway.example/sms', account: '', sender: '', perMinute: 60, isEnabled: true, secret: 'sixteen letters!' }

let names = 0
let asked = 0
export const MATRIX: Readonly<Record<string, Row>> = {
  'POST /api/v1/login': { people: [], anybody: true, ok: 401, body: () => ({ login: `nobody-${(names += 1)}`, password: 'x' }) },
  'POST /api/v1/logout': { people: [], ok: 200 },
  'GET /api/v1/heartbeat': { people: [], anybody: true, ok: 503 },
  'GET /api/v1/me': { people: ROLES, wall: true, ok: 200 },
  // What stands behind a link is test/system/http-ack-links.test.ts; a token that nobody wrote says nothing.
  'GET /api/v1/ack/:token': { people: [], anybody: true, ok: 404, path: () => '/api/v1/ack/nobody' },
  'POST /api/v1/ack/:token': { people: [], anybody: true, ok: 404, path: () => '/api/v1/ack/nobody', body: () => ({ severity: 1 }) },
  'GET /api/v1/alerts': { people: SEES_ALERTS, ok: 200, path: () => '/api/v1/alerts?state=all' },
  'GET /api/v1/alerts/:id': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/alerts/${of.riskId}`, foreign: 404 },
  'GET /api/v1/alerts/:id/proof': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/alerts/${of.riskId}/proof`, foreign: 404 },
  'GET /api/v1/deliveries': { people: SEES_ALERTS, ok: 200, path: () => '/api/v1/deliveries?hours=744' },
  'GET /api/v1/self-audit': { people: SEES_ALERTS, ok: 200, path: () => '/api/v1/self-audit?days=400' },
  'POST /api/v1/alerts/:id/moves': { people: WATCH, ok: 200, path: (of) => `/api/v1/alerts/${of.abnormalId}/moves`, body: () => ({ move: 'note', reason: 'seen' }), foreign: 404 },
  // Sound, and about an alert that nobody has handled yet (test/system/http-checks.test.ts has others).
  'PUT /api/v1/alerts/:id/check': { people: CHECKS, ok: 409, path: (of) => `/api/v1/alerts/${of.abnormalId}/check`, body: () => ({ result: 'confirmed', note: 'matrix' }), foreign: 404 },
  'GET /api/v1/alert-checks': { people: SEES_ALERTS, ok: 200, path: () => '/api/v1/alert-checks?state=done&days=366' },
  'GET /api/v1/unit-lists': { people: SEES_ALERTS, ok: 200 },
  'PUT /api/v1/cases/:id/confirmed-users': { people: WATCH, ok: 200, path: (of) => `/api/v1/cases/${of.riskId}/confirmed-users`, body: () => ({ users: 1, reason: 'seen' }), foreign: 404 },
  'GET /api/v1/cases/:id': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/cases/${of.riskId}`, foreign: 404 },
  'GET /api/v1/cases/:id/merge-candidates': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/cases/${of.riskId}/merge-candidates`, foreign: 404 },
  // Done for real in test/system/http-cases.test.ts; here nothing changes: a case does not go into itself, and has no part elsewhere.
  'POST /api/v1/cases/:id/merge': { people: LOWERS, ok: 409, path: (of) => `/api/v1/cases/${of.riskId}/merge`, body: (of) => ({ into: of.riskId, reason: 'matrix' }), foreign: 404 },
  'POST /api/v1/cases/:id/split': { people: LOWERS, ok: 422, path: (of) => `/api/v1/cases/${of.riskId}/split`, body: () => ({ regions: ['0'], reason: 'matrix' }), foreign: 404 },
  'POST /api/v1/cases/:id/measures': { people: WATCH, ok: 200, path: (of) => `/api/v1/cases/${of.riskId}/measures`, body: () => ({ what: 'matrix', owner: 'matrix', dueAt: 1 }), foreign: 404 },
  'PUT /api/v1/cases/:id/measures/:measureId': { people: WATCH, ok: 200, path: (of) => `/api/v1/cases/${of.riskId}/measures/${of.measureId}`, body: () => ({ isDone: false }), foreign: 404 },
  'PUT /api/v1/cases/:id/line': { people: WATCH, ok: 409, path: (of) => `/api/v1/cases/${of.riskId}/line`, body: () => ({ text: 'matrix', version: 9 }), foreign: 404 },
  'GET /api/v1/ladders': { people: ROLES, ok: 200 },
  'GET /api/v1/ladders/history': { people: ROLES, ok: 200 },
  'GET /api/v1/ladders/preview': { people: ROLES, ok: 200, path: (of) => `/api/v1/ladders/preview?kind=risk&severity=3&region=${of.city.code}`, foreign: 404 },
  // Done for real in test/system/http-ladders.test.ts: what holds for everybody is not a province's to change.
  'PUT /api/v1/ladders': { people: MANAGES_RULES, ok: 403, body: () => ({ basedOn: 1, ladders: [], reason: 'matrix' }) },
  'GET /api/v1/reviews': { people: SEES_ALERTS, ok: 200, path: () => '/api/v1/reviews?state=all' },
  'GET /api/v1/cases/:id/review': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/cases/${of.riskId}/review`, foreign: 404 },
  // Written and signed for real in test/system/http-reviews.test.ts; the planted one is signed already.
  'POST /api/v1/cases/:id/review': {
    people: WATCH, ok: 409, foreign: 404, path: (of) => `/api/v1/cases/${of.riskId}/review`,
    body: () => ({ basedOn: 1, content: { earlier: null, late: null, falseAlarm: null, behaviour: '', causes: [], right: '', wrong: '', refunds: '', rules: '', line: '', noMeasures: '', metOn: '', departments: '', minutes: '' } }),
  },
  'POST /api/v1/cases/:id/review/sign': { people: WATCH, ok: 409, foreign: 404, path: (of) => `/api/v1/cases/${of.riskId}/review/sign`, body: () => ({ version: 1 }) },
  'POST /api/v1/cases/:id/review/measures': { people: WATCH, ok: 409, foreign: 404, path: (of) => `/api/v1/cases/${of.riskId}/review/measures`, body: () => ({ what: 'matrix', ownerRole: 'duty_leader', dueOn: '2099-01-01' }) },
  'POST /api/v1/cases/:id/review/measures/:measureId': { people: WATCH, ok: 200, foreign: 404, path: (of) => `/api/v1/cases/${of.riskId}/review/measures/${of.reviewMeasureId}`, body: () => ({ isDone: false }) },
  'GET /api/v1/cases/:id/reports': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/cases/${of.riskId}/reports`, foreign: 404 },
  'POST /api/v1/cases/:id/reports': {
    people: WATCH, ok: 200, foreign: 404, path: (of) => `/api/v1/cases/${of.riskId}/reports`,
    body: () => ({ kind: 'written', recipient: 'matrix', body: { situation: 'matrix', cause: '', measures: '', expectedEnd: '', line: '', spread: '', help: '' } }),
  },
  'GET /api/v1/quiet-windows': { people: SEES_ALERTS, ok: 200 },
  'POST /api/v1/quiet-windows/preview': { people: LOWERS, ok: 200, path: () => '/api/v1/quiet-windows/preview', body: (of) => ({ kind: 'silence', region: of.city.code, ruleIds: ['MR-02'] }), foreign: 404 },
  // Done for real in test/system/http-quiet-windows.test.ts; here it is not sound.
  'POST /api/v1/quiet-windows': { people: LOWERS, ok: 400, path: () => '/api/v1/quiet-windows', body: (of) => ({ kind: 'silence', region: of.city.code, ruleIds: ['MR-02'], from: 2, to: 1, owner: 'matrix', reason: 'matrix' }), foreign: 404 },
  'POST /api/v1/quiet-windows/:id/end': { people: LOWERS, ok: 200, path: (of) => `/api/v1/quiet-windows/${of.quietWindowId}/end`, foreign: 404 },
  'GET /api/v1/text-clusters': { people: WATCH, ok: 200, path: (of) => `/api/v1/text-clusters?region=${of.city.code}`, foreign: 404 },
  'GET /api/v1/tickets/:key': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/tickets/${encodeURIComponent(of.ticketKey)}`, foreign: 404 },
  'GET /api/v1/explain': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/explain?rule=MR-01&scope=${of.city.code}`, foreign: 404 },
  'POST /api/v1/back-tests': {
    people: MANAGES_RULES, ok: 202, foreign: 404, path: () => '/api/v1/back-tests',
    body: (of) => ({ rule: 'MR-01', scope: of.city.code, from: '2026-06-10T00:00:00+08:00', to: '2026-06-10T01:00:00+08:00' }),
  },
  'GET /api/v1/back-tests': { people: MANAGES_RULES, ok: 200 },
  'GET /api/v1/back-tests/:id': { people: MANAGES_RULES, ok: 200, path: (of) => `/api/v1/back-tests/${of.backTestId}`, foreign: 404 },
  // Done for real in test/system/http-back-tests.test.ts; here it has ended long ago.
  'POST /api/v1/back-tests/:id/cancel': { people: MANAGES_RULES, ok: 409, path: (of) => `/api/v1/back-tests/${of.backTestId}/cancel`, foreign: 404 },
  'GET /api/v1/keywords': { people: ROLES, ok: 200 },
  'GET /api/v1/keywords/history': { people: ROLES, ok: 200, path: () => '/api/v1/keywords/history?category=KW-MED' },
  'POST /api/v1/keywords/try': { people: ROLES, ok: 200, body: () => ({ text: 'matrix' }) },
  // Of the root only (test/system/http-keywords.test.ts); here nothing changes.
  'PUT /api/v1/keywords/common': { people: MANAGES_RULES, ok: 403, body: () => ({ version: 1, reason: 'matrix' }) },
  'PUT /api/v1/keywords/:category': { people: MANAGES_RULES, ok: 403, path: () => '/api/v1/keywords/KW-XXX', body: () => ({ version: 1, reason: 'matrix' }) },
  'GET /api/v1/keyword-hits': { people: WATCH, ok: 200, path: (of) => `/api/v1/keyword-hits?region=${of.city.code}`, foreign: 404 },
  'POST /api/v1/keyword-hits/:id/wrong': { people: WATCH, ok: 200, path: (of) => `/api/v1/keyword-hits/${of.keywordHitId}/wrong`, body: () => ({ isWrong: false, reason: 'matrix' }), foreign: 404 },
  'GET /api/v1/keyword-precision': { people: ROLES, ok: 200, path: (of) => `/api/v1/keyword-precision?region=${of.city.code}`, foreign: 404 },
  'GET /api/v1/wall': { people: ROLES, wall: true, ok: 200 },
  'GET /api/v1/kpi': { people: ROLES, wall: true, ok: 200, path: (of) => `/api/v1/kpi?region=${of.city.code}&weeks=2`, foreign: 404 },
  'GET /api/v1/kpi/months': { people: ROLES, wall: true, ok: 200, path: (of) => `/api/v1/kpi/months?region=${of.city.code}&months=2`, foreign: 404 },
  'GET /api/v1/handovers': { people: SEES_ALERTS, ok: 200, path: () => '/api/v1/handovers' },
  'GET /api/v1/handovers/:id': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/handovers/${of.handoverId}`, foreign: 404 },
  // Signed for real in test/system/http-handovers.test.ts; here the change is long past and nobody is on it.
  'POST /api/v1/handovers/:id/sign': { people: SEES_ALERTS, ok: 404, path: () => '/api/v1/handovers/999999/sign', body: () => ({ side: 'incoming' }) },
  'GET /api/v1/missed-risks': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/missed-risks?region=${of.city.code}`, foreign: 404 },
  // Done for real in test/system/http-missed-risks.test.ts; here nothing is entered, and none has this number.
  'POST /api/v1/missed-risks': {
    people: SEES_ALERTS, ok: 400, foreign: 404,
    body: (of) => ({ region: of.city.code, foundAt: '2199-01-01T00:00:00+08:00', foundBy: 'press', matter: 'matrix' }),
  },
  'POST /api/v1/missed-risks/:id/withdraw': { people: SEES_ALERTS, ok: 404, path: () => '/api/v1/missed-risks/999999/withdraw', body: () => ({ reason: 'matrix' }) },
  'GET /api/v1/regions': { people: ROLES, key: true, wall: true, ok: 200 },
  'GET /api/v1/incidents': { people: ROLES, wall: true, ok: 200 },
  'GET /api/v1/user-bases': { people: ROLES, wall: true, ok: 200, path: (of) => `/api/v1/user-bases?month=2026-06&region=${of.city.code}`, foreign: 404 },
  'POST /api/v1/events': {
    people: [], key: true, ok: 202,
    body: (of) => ({
      event_id: `scope-${(names += 1)}`, event_type: 'created', ticket_id: `S${names}`, occurred_at: '2026-06-11T19:00:00+08:00', source_system: 'scope', province_code: of.province,
      payload: { kind: 'complaint', channel: 'hotline_10000', city_code: of.city.code, phenomenon_l1: 'broadband', content_text: 'x' },
    }),
    foreign: 202,
  },
  'GET /api/v1/quarantine': { people: SEES_QUARANTINE, key: true, ok: 200 },
  'POST /api/v1/quarantine/replay': { people: ['data_steward'], ok: 200, body: (of) => ({ ids: [of.quarantineId] }), foreign: 200 },
  'GET /api/v1/quarantine/summary': { people: SEES_QUARANTINE, key: true, ok: 200 },
  'POST /api/v1/quarantine/discard': { people: ['data_steward'], ok: 200, body: (of) => ({ ids: [of.quarantineId] }), foreign: 200 },
  'GET /api/v1/quality': { people: SEES_QUARANTINE, ok: 200, path: (of) => `/api/v1/quality?province=${of.province}`, foreign: 404 },
  'GET /api/v1/quality/findings': { people: SEES_QUARANTINE, ok: 200, path: (of) => `/api/v1/quality/findings?province=${of.province}`, foreign: 404 },
  'GET /api/v1/restatements': { people: SEES_QUARANTINE, ok: 200 },
  'POST /api/v1/restatements/decide': {
    people: ['data_steward'], ok: 200, foreign: 200,
    body: (of) => ({ ids: [of.restatementId], decision: 'confirm', reason: 'checked' }),
  },
  'GET /api/v1/dictionary': { people: ROLES, key: true, ok: 200 },
  'GET /api/v1/mappings': { people: SEES_QUARANTINE, ok: 200 },
  'POST /api/v1/mappings': {
    people: ['data_steward'], ok: 201, foreign: 404,
    body: (of) => ({ sourceSystem: 'scope', field: 'channel', sourceCode: `S${(names += 1)}`, code: 'hotline', regionCode: of.province, reason: 'x' }),
  },
  'GET /api/v1/units': { people: SEES_QUARANTINE, ok: 200 },
  'POST /api/v1/units': {
    people: ['data_steward'], ok: 200, foreign: 404,
    body: (of) => ({ units: [{ code: `SU${(names += 1)}`, name: 'x', regionCode: of.city.code, unitType: 'province_center' }] }),
  },
  'POST /api/v1/reconciliations': { people: ['data_steward'], key: true, ok: 202, body: (of) => ({ province: of.province, day: '2026-06-10', counts: { complaint: 3 } }), foreign: 404 },
  'GET /api/v1/users': { people: ADMIN, ok: 200 },
  'POST /api/v1/users': {
    people: ADMIN, ok: 201, foreign: 404,
    body: (of) => ({ login: `made-${(names += 1)}`, displayName: 'x', role: 'duty_agent', regionCode: of.city.code, password: 'twelve letters' }),
  },
  'POST /api/v1/users/:id/disable': { people: ADMIN, ok: 200, path: (of) => `/api/v1/users/${of.userId}/disable`, foreign: 404 },
  'POST /api/v1/users/:id/enable': { people: ADMIN, ok: 200, path: (of) => `/api/v1/users/${of.userId}/enable`, foreign: 404 },
  'POST /api/v1/users/:id/password': { people: ADMIN, ok: 200, path: (of) => `/api/v1/users/${of.userId}/password`, body: () => ({ password: 'twelve letters' }), foreign: 404 },
  'GET /api/v1/api-keys': { people: ADMIN, ok: 200 },
  'POST /api/v1/api-keys': { people: ADMIN, ok: 201, body: (of) => ({ name: 'x', regionCode: of.city.code }), foreign: 404 },
  'DELETE /api/v1/api-keys/:id': { people: ADMIN, ok: 200, path: (of) => `/api/v1/api-keys/${of.keyId}`, foreign: 404 },
  'POST /api/v1/wall-devices': { people: [], anybody: true, ok: 201 },
  'GET /api/v1/wall-devices/:id': { people: [], anybody: true, ok: 404, path: (of) => `/api/v1/wall-devices/${of.wallId}?claim=x`, foreign: 404 },
  'POST /api/v1/wall-devices/confirm': { people: ADMIN, ok: 404, body: (of) => ({ code: 'NNNNNN', name: 'x', regionCode: of.city.code }), foreign: 404 },
  'GET /api/v1/wall-devices': { people: ADMIN, ok: 200 },
  'DELETE /api/v1/wall-devices/:id': { people: ADMIN, ok: 200, path: (of) => `/api/v1/wall-devices/${of.wallId}`, foreign: 404 },
  'GET /api/v1/webhooks': { people: ADMIN, ok: 200 },
  'POST /api/v1/webhooks': { people: ADMIN, ok: 201, body: (of) => ({ regionCode: of.city.code, url: 'https://hook.example/', secret: 'sixteen letters!' }), foreign: 404 },
  'DELETE /api/v1/webhooks/:id': { people: ADMIN, ok: 200, path: (of) => `/api/v1/webhooks/${of.webhookId}`, foreign: 404 },
  'GET /api/v1/me/push': { people: ROLES, ok: 200 },
  'POST /api/v1/me/push': { people: ROLES, ok: 400, body: () => ({}) },
  'DELETE /api/v1/me/push/:id': { people: ROLES, ok: 404, path: () => '/api/v1/me/push/00000000-0000-4000-8000-000000000000' },
  'POST /api/v1/push-receipts': { people: [], anybody: true, ok: 200, body: () => ({ token: 'x', status: 'shown' }) },
  'GET /api/v1/me/contacts': { people: ROLES, ok: 200 },
  'PUT /api/v1/me/contacts': { people: ROLES, ok: 200, body: () => ({ wecom: 'matrix' }) },
  'GET /api/v1/users/:id/contacts': { people: ADMIN, ok: 200, path: (of) => `/api/v1/users/${of.userId}/contacts`, foreign: 404 },
  'PUT /api/v1/users/:id/contacts': { people: ADMIN, ok: 200, path: (of) => `/api/v1/users/${of.userId}/contacts`, body: () => ({ wecom: 'matrix' }), foreign: 404 },
  'GET /api/v1/providers': { people: ADMIN, ok: 200 },
  'POST /api/v1/providers': { people: ADMIN, ok: 201, body: (of) => ({ ...PROVIDER, kind: 'sms_gateway', regionCode: of.city.code }), foreign: 404 },
  'PUT /api/v1/providers/:id': { people: ADMIN, ok: 200, path: (of) => `/api/v1/providers/${of.providerId}`, body: () => PROVIDER, foreign: 404 },
  'POST /api/v1/providers/:id/test': { people: ADMIN, ok: 202, path: (of) => `/api/v1/providers/${of.providerId}/test`, foreign: 404 },
  // Let in by its signature alone, which this one is not (test/system/http-channels.test.ts).
  'GET /api/v1/callbacks/wecom/:id': { people: [], anybody: true, ok: 401, path: (of) => `/api/v1/callbacks/wecom/${of.providerId}?msg_signature=x&timestamp=1&nonce=x&echostr=x` },
  'POST /api/v1/callbacks/wecom/:id': { people: [], anybody: true, ok: 401, path: (of) => `/api/v1/callbacks/wecom/${of.providerId}?msg_signature=x&timestamp=1&nonce=x`, body: () => ({}) },
  'POST /api/v1/callbacks/feishu/:id': { people: [], anybody: true, ok: 401, path: (of) => `/api/v1/callbacks/feishu/${of.providerId}`, body: () => ({}) },
  'POST /api/v1/replies/:id': { people: [], anybody: true, ok: 400, path: (of) => `/api/v1/replies/${of.providerId}`, body: () => ({}) },
  'POST /api/v1/receipts/:id': { people: [], anybody: true, ok: 400, path: (of) => `/api/v1/receipts/${of.providerId}`, body: () => ({}) },
  'GET /api/v1/holds': { people: SEES_HOLDS, ok: 200, path: () => '/api/v1/holds?state=all' },
  'POST /api/v1/holds': {
    people: MANAGES_HOLDS, ok: 201, foreign: 404,
    body: (of) => ({ subjectKind: names++ % 2 === 0 ? 'ticket' : 'case', subjectId: names % 2 === 0 ? of.riskId : of.ticketKey, reason: 'asked for by a court' }),
  },
  'DELETE /api/v1/holds/:id': { people: MANAGES_HOLDS, ok: 200, path: (of) => `/api/v1/holds/${of.holdId}`, foreign: 404 },
  'GET /api/v1/retention-runs': { people: SEES_HOLDS, ok: 200 },
  'GET /api/v1/audit': { people: ['auditor'], ok: 200 },
  'GET /api/v1/configuration-alerts': { people: ROLES, wall: true, ok: 200 },
  'GET /api/v1/rosters': { people: SEES_ROSTERS, ok: 200, path: (of) => `/api/v1/rosters?region=${of.city.code}`, foreign: 404 },
  'GET /api/v1/readiness': { people: SEES_ROSTERS, ok: 200, path: (of) => `/api/v1/readiness?region=${of.city.code}`, foreign: 404 },
  'GET /api/v1/me/readiness': { people: ROLES, ok: 200 },
  // Sent for real in test/system/http-readiness.test.ts; no channel has this name.
  'POST /api/v1/me/test-messages': { people: ROLES, ok: 400, body: () => ({ channel: 'pigeon' }) },
  'GET /api/v1/roster-gaps': { people: SEES_ROSTERS, wall: true, ok: 200, path: (of) => `/api/v1/roster-gaps?region=${of.city.code}`, foreign: 404 },
  'GET /api/v1/rosters/:role/:region': { people: SEES_ROSTERS, ok: 200, path: (of) => rosterOf(of), foreign: 404 },
  'GET /api/v1/rosters/:role/:region/on-call': { people: SEES_ROSTERS, ok: 200, path: (of) => `${rosterOf(of)}/on-call`, foreign: 404 },
  'GET /api/v1/rosters/:role/:region/history': { people: SEES_ROSTERS, ok: 200, path: (of) => `${rosterOf(of)}/history`, foreign: 404 },
  // Done for real in test/system/http-rosters.test.ts; here each is upon a state that never was.
  'PUT /api/v1/rosters/:role/:region': {
    people: MANAGES_ROSTERS, ok: 409, path: (of) => rosterOf(of), foreign: 404,
    body: () => ({ basedOn: 99, roster: { pattern: 'day_night', fromMinute: 480, toMinute: 1200, rotations: [] }, reason: 'matrix' }),
  },
  'POST /api/v1/rosters/:role/:region/changes': {
    people: MANAGES_ROSTERS, ok: 409, path: (of) => `${rosterOf(of)}/changes`, foreign: 404,
    body: (of) => ({ basedOn: 99, change: { kind: 'leave', userId: of.userId, from: '2026-06-12T08:00', to: '2026-06-13T08:00' }, reason: 'matrix' }),
  },
  'POST /api/v1/rosters/:role/:region/changes/:id/withdraw': {
    people: MANAGES_ROSTERS, ok: 409, path: (of) => `${rosterOf(of)}/changes/${of.rosterChangeId}/withdraw`, body: () => ({ basedOn: 99, reason: 'matrix' }), foreign: 404,
  },
  'GET /api/v1/calendar': { people: ROLES, ok: 200 },
  // The calendar holds for everybody: whoever stands at a province may not change it, whatever his role (test/system/http-calendar.test.ts).
  'POST /api/v1/calendar/tags': { people: ['data_steward', 'admin'], ok: 403, body: () => ({ tag: 'promotion', from: '2026-11-11', to: '2026-11-11', isOn: true, reason: 'sale' }) },
  'POST /api/v1/calendar': { people: ['data_steward', 'admin'], ok: 403, body: () => ({ year: 2027, off: [], worked: [], reason: 'notice' }) },
  'GET /api/v1/abnormal-rules': { people: ROLES, key: true, ok: 200 },
  'GET /api/v1/abnormal-rules/:id/history': { people: ROLES, key: true, ok: 200, path: (of) => `/api/v1/abnormal-rules/AT-01/history?scope=${of.province}`, foreign: 404 },
  // Those of the group are for people of the root only (test/system/http-rules.test.ts).
  'PUT /api/v1/abnormal-rules/:id': { people: MANAGES_RULES, ok: 200, path: () => '/api/v1/abnormal-rules/AT-01', body: (of) => ({ reason: 'matrix', scope: of.province }), foreign: 404 },
  // One at a time of a rule and a place: here none is started (test/system/http-rule-trials.test.ts).
  'POST /api/v1/abnormal-rules/:id/trials': {
    people: MANAGES_RULES, ok: 400, foreign: 404, path: () => '/api/v1/abnormal-rules/AT-01/trials', body: (of) => ({ reason: 'matrix', scope: of.province, endsAt: 1 }),
  },
  'GET /api/v1/settings/:kind': { people: ROLES, ok: 200, path: () => '/api/v1/settings/retention' },
  'GET /api/v1/settings/:kind/history': { people: ROLES, ok: 200, path: () => '/api/v1/settings/retention/history' },
  // Of the root only (test/system/http-settings.test.ts); here nothing changes.
  'PUT /api/v1/settings/:kind': { people: MANAGES_RULES, ok: 403, path: () => '/api/v1/settings/retention', body: () => ({ basedOn: 1, values: { logs: 40 }, reason: 'matrix' }) },
  'GET /api/v1/risk-rules': { people: ROLES, key: true, ok: 200 },
  'GET /api/v1/risk-rules/:id/history': { people: ROLES, key: true, ok: 200, path: () => '/api/v1/risk-rules/MR-01/history' },
  // Of the root only (test/system/http-risk-rules.test.ts); here nothing changes.
  'PUT /api/v1/risk-rules/:id': { people: MANAGES_RULES, ok: 403, path: () => '/api/v1/risk-rules/MR-01', body: () => ({ reason: 'matrix' }) },
  'POST /api/v1/risk-rules/:id/trials': {
    people: MANAGES_RULES, ok: 400, foreign: 404, path: () => '/api/v1/risk-rules/MR-01/trials', body: (of) => ({ reason: 'matrix', scope: of.province, endsAt: 1 }),
  },
  'GET /api/v1/rule-trials': { people: ROLES, key: true, ok: 200 },
  'GET /api/v1/rule-trials/:id': { people: ROLES, key: true, ok: 200, path: (of) => `/api/v1/rule-trials/${of.trialId}`, foreign: 404 },
  'POST /api/v1/rule-trials/:id/stop': { people: MANAGES_RULES, ok: 200, path: (of) => `/api/v1/rule-trials/${of.trialId}/stop`, foreign: 404 },
}
export const ROUTES = Object.entries(MATRIX)

/** Whether the matrix lets this caller (`role-32`, `key-32`, `wall-32`) in. */
export function mayCall(row: Row, name: string): boolean {
  if (row.anybody === true) return true
  if (name.startsWith('key-')) return row.key === true
  if (name.startsWith('wall-')) return row.wall === true
  return row.people.includes(name.slice(0, name.lastIndexOf('-')) as Role)
}

/** A sound request to a route, about the things of one province. */
export function ask(name: string, route: string, of: Planted): Promise<Answer> {
  const [method = '', pattern = ''] = route.split(' ')
  const row = MATRIX[route] as Row
  // What anybody may call is counted by address: here every request has its own.
  asked += 1
  return world.call(as(name), method, row.path?.(of) ?? pattern, row.body?.(of), { 'x-forwarded-for': `10.0.${asked >> 8}.${asked & 255}` })
}
