import { randomUUID } from 'node:crypto'
import type { Fact } from '../../core/domain/count/fact.ts'
import type { RegionNode } from '../../core/domain/region.ts'
import { linesOf, writeDifference, writeFacts } from '../../core/engine/counted.ts'
import type { Pool } from '../../core/platform/database.ts'
import { plantBackTest } from './planted-back-test.ts'
import { aCard, publish, someFigures } from './planted-feed.ts'
import { plantCaseWork, plantQuietWindow, plantReview } from './planted-case.ts'
import { plantChannels } from './planted-channels.ts'
import { plantKeyword } from './planted-keyword.ts'
import { plantNotices } from './planted-notices.ts'
import { plantTexts } from './planted-texts.ts'
import { plantRestatement } from './planted-restatement.ts'
import { plantHandover, plantRoster } from './planted-roster.ts'
import { plantTrial } from './planted-trial.ts'
import { plantWork } from './planted-work.ts'

/** Rows of one province in every table, each with a mark that must not turn up elsewhere. */
export interface Planted {
  readonly province: string
  /** In every text of these rows. */
  readonly mark: string
  /** In every count of these rows. */
  readonly count: number
  readonly city: RegionNode
  readonly userId: string
  readonly keyId: string
  readonly wallId: string
  readonly webhookId: string
  readonly providerId: string
  readonly riskId: string
  readonly abnormalId: string
  readonly quarantineId: string
  readonly restatementId: string
  readonly notificationId: string
  readonly holdId: string
  readonly trialId: string
  readonly backTestId: string
  readonly rosterChangeId: string
  readonly handoverId: string
  readonly keywordHitId: string
  readonly measureId: string
  readonly reviewMeasureId: string
  readonly quietWindowId: string
  /** Key of the planted ticket. */
  readonly ticketKey: string
  readonly ids: readonly string[]
}

/** The node under which the rows of a province lie; its names carry the mark too. */
export const markedCity = (province: string, mark: string): RegionNode => ({
  code: `${province}X`,
  parentCode: province,
  level: 'city',
  nameZh: `${mark}市`,
  nameEn: `${mark} City`,
  shortZh: mark,
  path: `/00/${province}/${province}X/`,
  tile: null,
})

/** Tables that hold nothing of any one region. */
export const PLACELESS = ['audit_entry', 'audit_mark', 'audit_seal', 'audit_tombstone', 'config_version', 'web_push_key', 'hash_key', 'pgmigrations', 'retention_run', 'pulse', 'tick_slot', 'region', 'text_band']

type Run = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>

/** The rows of data quality. */
async function plantQuality(
  run: Run,
  { province, mark, count, city, at, ticketKey }: { province: string; mark: string; count: number; city: RegionNode; at: string; ticketKey: string },
): Promise<void> {
  await run(
    `insert into mapping (source_system, field, source_code, code, region_code, region_path, effective_from, created_by, reason, created_at, finished_at)
     values ($1, 'channel', $1, 'hotline', $2, $3, $4, $1, $1, $4, $4)`,
    [mark, city.code, city.path, at],
  )
  await run(
    `insert into unmapped_event (source_system, event_id, field, source_code, province_code, ticket_key, occurred_at) values ($1, $1, 'channel', $1, $2, $3, $4)`,
    [mark, province, ticketKey, at],
  )
  await run(`insert into unit (code, name, region_code, unit_type, updated_at) values ($1, $1, $2, 'province_center', $3)`, [mark, city.code, at])
  for (const table of ['quality_delta', 'quality_day']) {
    await run(
      `insert into ${table} (province_code, day, check_id, dimension, checked, failed) values ($1, ($2::timestamptz at time zone 'Asia/Shanghai')::date, 'DQ-01', $3, $4, 1)`,
      [province, at, mark, count],
    )
  }
  await run(
    `insert into quality_finding (check_id, province_code, day, subject, dimension, detail, found_at) values ('DQ-01', $1, ($2::timestamptz at time zone 'Asia/Shanghai')::date, $3, '', $3, $2)`,
    [province, at, mark],
  )
  await run(
    `insert into reconciliation (province_code, day, kind, source_count, reported_at, reported_by) values ($1, ($2::timestamptz at time zone 'Asia/Shanghai')::date, 'complaint', $3, $2, $4)`,
    [province, at, count, mark],
  )
}

/** Puts rows of one province into every table. The city must be in the tree. `now` is the day that the counts fall on. */
export async function plant(pool: Pool, province: string, mark: string, count: number, now: number): Promise<Planted> {
  const city = markedCity(province, mark)
  const text = `${mark} text`
  const [userId, keyId, wallId, webhookId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  const at = new Date(now).toISOString()
  const ticketKey = `${province}:test:${mark}`
  const run = async (sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows[0] as Record<string, unknown>
  const low = mark.toLowerCase()

  await run('insert into app_user values ($1, $2, $3, $4, $5, $6, false, $7, null)', [
    userId,
    `${low}-user`,
    mark,
    'duty_agent',
    city.code,
    'scrypt$x',
    at,
  ])
  await run('insert into session values ($1, $2, $3, $4)', [`${mark} hash`, userId, { note: mark }, '2099-01-01'])
  await run('insert into api_key (id, name, key_hash, region_code, created_by, created_at) values ($1, $2, $3, $4, $5, $6)', [
    keyId,
    mark,
    `${mark} hash`,
    city.code,
    userId,
    at,
  ])
  await run(
    `insert into wall_device (id, claim_hash, token_hash, name, region_code, created_at, expires_at, confirmed_at, confirmed_by, claimed_at) values ($1, $2, $3, $4, $5, $6, $6, $6, $7, $6)`,
    [wallId, `${mark} claim`, `${mark} token`, mark, city.code, at, userId],
  )
  await run('insert into webhook_endpoint (id, region_code, url, secret_sealed, created_by, created_at) values ($1, $2, $3, $4, $5, $6)', [
    webhookId, city.code, `https://${low}.example/`, mark, userId, at,
  ])
  await run('insert into audit_log (at, actor, action, subject, detail) values ($1, $2, $3, $4, $5)', [
    at,
    `${low}-user`,
    text,
    text,
    { regionPath: city.path, note: text },
  ])

  await run('insert into event_id (source_system, event_id, province_code) values ($1, $2, $3)', [mark, mark, province])
  await run(
    `insert into event (occurred_at, received_at, source_system, event_id, ticket_key, province_code, event_type, schema_version, payload) values ($1, $1, $2, $2, $3, $4, 'created', 1, $5)`,
    [at, mark, ticketKey, province, { content_text: text }],
  )
  await run('insert into pending_event (ticket_key, occurred_at) values ($1, $2)', [ticketKey, at])
  await run(
    `insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, is_overdue, fold, updated_at)
     values ($1, $2, $3, $4, 'complaint', $5, 'processing', true, $5, $6, false, $7, $6)`,
    [ticketKey, province, city.code, city.path, mark, at, { ticketNo: mark, contentText: text, customerShort: mark }],
  )
  await run('insert into ticket_kin (kin_key, span, ticket_key) values ($1, 0, $2)', [`p${mark}`, ticketKey])
  await run('insert into kin_crowd (kin_key, span) values ($1, 0)', [`p${mark}`])
  await run('insert into kin_check (ticket_key) values ($1)', [ticketKey])
  const day = `h${province}|2026-06-01|${mark}`
  await run('insert into peer_fact (group_key, at, ticket_key, subject, digest) values ($1, $2, $3, $4, $4)', [day, at, ticketKey, mark])
  await run('insert into peer_check (group_key) values ($1)', [day])
  await run('insert into hour_check (province_code, hour) values ($1, 1)', [province])
  for (const [cube, unit, value] of [
    ['ACC/half_minute/phenomenon', 'day', mark],
    ['ACC/day', 'day', ''],
    ['ACC/week', 'week', ''],
    ['FIN/week', 'week', ''],
    ['SNAP/day', 'day', ''],
    ['SNAP/week', 'week', ''],
  ] as const) {
    await run(
      `insert into cell values ($1, date_trunc($2, $3::timestamptz, 'Asia/Shanghai'), $4, 'complaint', $5, array[$6::bigint, $6::bigint])`,
      [cube, unit, at, city.code, value, count],
    )
  }
  await run(`insert into cell values ('NOW/none', to_timestamp(0), $1, 'complaint', '', array[$2::bigint, $2::bigint])`, [city.code, count])
  await run(`insert into cell_sketch values ('FIN/week', date_trunc('week', $1::timestamptz, 'Asia/Shanghai'), $2, 'complaint', '', 3, $3)`, [at, city.code, count])
  const fact: Fact = { base: 'ACC', at: now, regionCode: city.code, kind: 'complaint', by: { phenomenon: mark }, measures: { accepted: count } }
  await run('insert into fact_difference (facts) values ($1)', [writeDifference([], linesOf(writeFacts([fact])))])
  await run('insert into province_feed values ($1, $2, $2, $2)', [province, at])
  await run('insert into figure_published values ($1, $2)', [province, someFigures(province, count, now)])

  await plantTexts(run, { province, mark, city, at, ticketKey })
  await plantNotices(run, { province, mark, city, count, at })

  const quarantine = await run(
    `insert into quarantine (received_at, source, province_code, region_path, item, code, field, expected, mend) values ($1, $2, $3, $4, $5, $2, $2, $2, $2) returning id::text as id`,
    [at, mark, province, city.path, { note: text }],
  )
  const restatementId = await plantRestatement(run, { province, mark, count, city, now, ticketKey })
  await plantQuality(run, { province, mark, count, city, at, ticketKey })
  const alert = (kind: string, key: string | null) =>
    run(
      `insert into alert (kind, rule_id, rule_version, ladder_version, parameters, ticket_key, province_code, region_code, region_path, severity, state, facts, opened_at, severity_since)
     values ($1, $2, 1, 1, $3, $4, $5, $6, $7, 2, 'open', $3, $8, $8) returning id::text as id`,
      [kind, kind === 'risk' ? 'MR-02' : 'AT-01', { note: text }, key, province, city.code, city.path, at],
    )
  const [risk, abnormal] = [await alert('risk', null), await alert('abnormal', ticketKey)]
  const riskId = risk['id'] as string
  await run(
    'insert into risk_case (alert_id, matter, first_true_at, last_true_at, ticket_count, customer_count) values ($1, $2, $3, $3, $4, $4)',
    [riskId, mark, at, count],
  )
  await run(`insert into risk_member (alert_id, rule_id, region_code, tick_at, level, value, reason) values ($1, 'MR-02', $2, $3, 2, $4, $5)`, [
    riskId,
    city.code,
    at,
    count,
    { note: text },
  ])
  await run(`insert into risk_reading (alert_id, rule_id, tick_at, region_code, level, value) values ($1, 'MR-02', $2, $3, 2, $4)`, [
    riskId,
    at,
    city.code,
    count,
  ])
  await plantWork(run, { province, mark, city, at, ticketKey, alertId: abnormal['id'] as string, userId })
  await run('insert into case_ticket values ($1, $2, $3)', [riskId, ticketKey, at])
  await run(
    `insert into alert_transition (alert_id, at, actor_kind, actor_id, move, to_state, to_severity, reason, detail, client) values ($1, $2, 'user', $3, 'note', 'open', 2, $4, $5, 'test')`,
    [riskId, at, userId, text, { note: text }],
  )
  const escalation = await run('insert into escalation (alert_id, severity, ladder_version, started_at, next_step) values ($1, 2, 1, $2, 1) returning id', [riskId, at])
  await run('insert into escalation_step values ($1, 0, $2, $2, $3)', [escalation['id'], at, JSON.stringify([mark])])
  const outbox = await run(
    `insert into outbox (delivery_id, alert_id, escalation_id, step, channel, target, payload, state, due_at, outcome, created_at) values ($1, $2, $3, 0, 'in_app', $4, $5, 'sent', $6, $7, $6) returning id`,
    [randomUUID(), riskId, escalation['id'], userId, { note: text }, at, mark],
  )
  await run('insert into reply_code (outbox_id, user_id, code_hash, created_at) values ($1, $2, $3, $4)', [outbox['id'], userId, mark, at])
  const notification = await run(
    'insert into notification (user_id, outbox_id, alert_id, payload, created_at) values ($1, $2, $3, $4, $5) returning id::text as id',
    [userId, outbox['id'], riskId, { note: text }, at],
  )

  const hold = await run(
    "insert into litigation_hold (subject_kind, subject_id, region_path, reason, by, at) values ('ticket', $1, $2, $3, $4, $5) returning id::text as id",
    [ticketKey, city.path, text, `${low}-user`, at],
  )

  await publish(pool, { topic: 'alert', regionCode: city.code, regionPath: city.path, payload: aCard(riskId, city.code, mark) }, now)
  return {
    province,
    mark,
    count,
    city,
    userId,
    keyId,
    wallId,
    webhookId,
    providerId: await plantChannels(run, { mark, city, at, userId }),
    riskId,
    abnormalId: abnormal['id'] as string,
    quarantineId: quarantine['id'] as string,
    restatementId,
    notificationId: notification['id'] as string,
    holdId: hold['id'] as string,
    trialId: await plantTrial(run, { province, mark, at, ticketKey }),
    backTestId: await plantBackTest(run, { cityPath: city.path, mark, at }),
    rosterChangeId: await plantRoster(run, { mark, at, cityCode: city.code, userId }),
    handoverId: await plantHandover(run, { mark, at, cityCode: city.code }),
    keywordHitId: await plantKeyword(run, { mark, city, at, ticketKey }),
    measureId: await plantCaseWork(run, { riskId, mark, at, userId }),
    reviewMeasureId: await plantReview(run, { riskId, mark, at, userId }),
    quietWindowId: await plantQuietWindow(run, { city, mark, at, userId }),
    ticketKey,
    ids: [userId, keyId, wallId, webhookId],
  }
}
