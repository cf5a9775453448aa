import { beforeEach, describe, expect, test } from 'vitest'
import { faultsOf, recount } from '../../bin/recount.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runTally } from '../../core/engine/tally.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { aNoticeItem } from '../support/notices.ts'
import { netFacts, subjectRows } from '../support/notice-world.ts'

const NOW = '2026-06-01 12:00'
const TABLES = ['incident', 'call', 'call_caller', 'user_base', 'opinion', 'shift_log', 'told_setting']
let world: IngestWorld

const aCall = (id: string, minute: string, more: Record<string, unknown> = {}) =>
  aNoticeItem(
    'call.ended',
    { call_id: id, queue_at: `2026-06-01T08:${minute}:00+08:00`, answered_at: `2026-06-01T08:${minute}:10+08:00`, caller_no: '13800001111', ...more },
    { event_id: id },
  )

beforeEach(async () => {
  world = await ingestWorld()
  await world.send(
    NOW,
    aNoticeItem('incident.opened', {}, { event_id: 'i1' }),
    aNoticeItem('incident.updated', { users_affected: 9 }, { event_id: 'i2' }),
    aNoticeItem('incident.closed', {}, { event_id: 'i3', occurred_at: '2026-06-01T09:10:00+08:00' }),
    aCall('c1', '10'),
    aCall('c2', '50'),
    aNoticeItem('user_base.reported', {}, { event_id: 'u1' }),
    // Moves what was said to another region: of the first subject nothing is left.
    aNoticeItem('user_base.reported', { region: '320100' }, { event_id: 'u2', corrects_event_id: 'u1', occurred_at: '2026-06-01T09:30:00+08:00' }),
    aNoticeItem('opinion.detected', {}, { event_id: 'o1' }),
    aNoticeItem('shift.started', {}, { unit_id: 'U1', event_id: 's1' }),
    aNoticeItem('calendar.loaded', {}, { event_id: 'k1' }),
    aNoticeItem('config.changed', {}, { event_id: 'f1' }),
  )
})

/** Everything that is derived from notices. */
async function picture() {
  const rows = await Promise.all(TABLES.map((table) => subjectRows(world.pool, table)))
  return { rows, facts: await netFacts(world.pool), corrections: (await world.pool.query('select * from notice_correction order by 1, 2, 3')).rows }
}

describe('a recount of notices', () => {
  test('of an orderly database finds nothing, and counts them all', async () => {
    expect(await recount(world.engine)).toMatchObject({ staleSubjects: 0, forgottenSubjects: 0, lostCorrections: 0, wrongCallers: 0, waitingSubjects: 0, subjects: 9, repaired: false })
  })

  test.each([
    ['users of an incident', 'update incident set users_affected_most = 1', { staleSubjects: 1 }],
    ['an incident that says it is open', `update incident set state = 'open', closed_at = null`, { staleSubjects: 1 }],
    ['a region path', `update incident set region_paths = '{/00/33/}'`, { staleSubjects: 1 }],
    ['what an incident is counted as', `update incident set counted = '[]'`, { staleSubjects: 1 }],
    ['a stretch that holds not all', `update incident set last_event_at = last_event_at - interval '1 hour'`, { staleSubjects: 1 }],
    ['a call that says nobody called again', `update call set is_repeated = false where is_repeated`, { staleSubjects: 1 }],
    ['when a call was answered', `update call set answered_at = null where queue_at = (select min(queue_at) from call)`, { staleSubjects: 1 }],
    ['a base', 'update user_base set subscribers = subscribers + 1 where not is_void', { staleSubjects: 1 }],
    ['a base that counts again', 'update user_base set is_void = false', { staleSubjects: 1 }],
    ['an opinion', `update opinion set reach = null`, { staleSubjects: 1 }],
    ['a shift', `update shift_log set ended_at = now()`, { staleSubjects: 1 }],
    ['told settings', `update told_setting set body = '{}'`, { staleSubjects: 2 }],
    ['a correction that nobody finds', 'delete from notice_correction', { lostCorrections: 1 }],
    ['a call that its caller does not know', 'delete from call_caller where queue_at = (select min(queue_at) from call_caller)', { wrongCallers: 1 }],
    ['a caller of no call', `insert into call_caller values ('ghost', now(), '!call:32:x:id/none')`, { wrongCallers: 1 }],
  ] as const)('finds %s, and puts it right', async (_what, harm, found) => {
    const before = await picture()
    expect((await world.pool.query(harm)).rowCount).toBeGreaterThan(0)
    expect(await recount(world.engine)).toMatchObject({ ...found, repaired: false })
    expect(await recount(world.engine, { repair: true })).toMatchObject({ ...found, repaired: true })
    await runIngest(world.engine, at(NOW))
    await runTally(world.engine, at(NOW))
    expect(faultsOf(await recount(world.engine))).toBe(0)
    const { rows, ...rest } = await picture()
    // A stretch may hold more than the notices.
    expect({ rows, ...rest }).toEqual(before)
  })

  test('removes what no notice tells of, and takes its counts out of the cells', async () => {
    const before = await picture()
    const cells = async () => (await world.pool.query(`select sum(n[1])::int as n from cell`)).rows[0].n as number
    const counted = await cells()
    await world.pool.query(`create temporary table ghost as select * from incident; update ghost set subject_key = '!incident:32:x:id/ghost'; insert into incident select * from ghost`)
    expect(await recount(world.engine)).toMatchObject({ staleSubjects: 1, staleExamples: ['!incident:32:x:id/ghost'] })
    await recount(world.engine, { repair: true })
    expect(await picture()).toEqual(before)
    expect(await cells()).toBe(counted)
    await world.expectExact()
  })

  test('finds notices that nobody will ever fold, and has them folded', async () => {
    const before = await picture()
    await world.pool.query(`delete from opinion`)
    expect(await recount(world.engine)).toMatchObject({ forgottenSubjects: 1, staleSubjects: 0 })
    await recount(world.engine, { repair: true })
    await runIngest(world.engine, at(NOW))
    await runTally(world.engine, at(NOW))
    expect(await picture()).toEqual(before)
    await world.expectExact()
  })

  test('counts a subject with notices in line, and what a correction ties to it, as they were last folded', async () => {
    const items = [aNoticeItem('user_base.reported', { region: '320500' }, { event_id: 'u3', corrects_event_id: 'u2', occurred_at: '2026-06-01T09:40:00+08:00' })]
    await acceptEvents(world.engine, items, { source: 'test', scope: ENGINE_SCOPE, now: at(NOW) })
    expect(await recount(world.engine)).toMatchObject({ staleSubjects: 0, lostCorrections: 0, waitingSubjects: 2 })
    await runIngest(world.engine, at(NOW))
    await world.expectExact()
  })

  test('takes a subject as it is stored whose notices were deleted in time', async () => {
    await world.pool.query(`insert into retention_run (day, ran_at, cutoffs, deleted, held, seconds) values ('2026-06-02', now(), $1, '{}', '{}', '0')`, [
      JSON.stringify({ rawEvents: at('2026-06-01 11:00') }),
    ])
    await world.pool.query(`delete from event where ticket_key ^@ '!incident:'`)
    expect(await recount(world.engine)).toMatchObject({ staleSubjects: 0, differences: 0 })
  })
})
