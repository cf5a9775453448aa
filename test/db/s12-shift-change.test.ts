import { expect, test } from 'vitest'
import { reportDuties } from '../../core/domain/escalation/report-duties.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { type AlertWorld, alertWorld } from '../support/alert-world.ts'
import { at } from '../support/builders.ts'

/** 19:52:00, and every other minute of the scenario. */
const clock = (local: string) => at(`2026-06-11 ${local}`)
const T = clock('19:52')

const steps = async (world: AlertWorld, id: string) =>
  (
    await world.rows<{ step: number; round: number; fired_at: number; roles: string[] | null }>(
      `select s.step, s.round, s.fired_at, (select array_agg(t ->> 'role' order by t ->> 'role') from jsonb_array_elements(s.targets -> 'told') t) as roles
         from escalation_step s join escalation e on e.id = s.escalation_id where e.alert_id = $1 order by s.fired_at, s.round`,
      [id],
    )
  ).map(({ step, round, fired_at, roles }) => `${(fired_at - T) / MINUTE} ${round === 0 ? `step ${step + 1}` : 'reminder'}: ${roles?.join(' ') ?? 'nobody'}`)

/** An orange case of 19:52 with everybody whom its ladder names, looked at every second but while nothing runs. */
async function scene(until: string, isDown: (instant: number) => boolean = () => false) {
  const world = await alertWorld(T)
  const people = {
    manager: await world.user('duty_manager', '32'),
    director: await world.user('province_center_director', '32'),
    deputy: await world.user('province_center_director', '32', '副主任'),
    cs: await world.user('province_cs_dept', '32'),
  }
  const alert = await world.raise({ severity: 3 })
  const run = async (to: string) => {
    for (let instant = world.clock.now(); instant <= clock(to); instant += 30 * SECOND) {
      world.clock.set(instant)
      if (!isDown(instant)) await runEscalate(world.engine, instant)
    }
  }
  await run(until)
  return { world, people, alert, run }
}

test('S-12: an orange alert of 19:52 keeps its limit through the change of shift, is answered late at 20:06, and its reports run on', async () => {
  const { world, people, alert, run } = await scene('20:06')
  expect(alert.ackDueAt).toBe(clock('20:02'))
  expect(await steps(world, alert.id)).toEqual([
    '0 step 1: duty_manager province_center_director province_center_director',
    '5 reminder: duty_manager province_center_director province_center_director',
    '10 step 2: province_center_director province_center_director province_cs_dept',
    // The director and his deputy were called with the step of this minute.
    '10 reminder: duty_manager',
  ])
  expect((await world.move(alert.id, { move: 'ack' }, people.manager)).ok).toBe(true)
  await run('21:00')
  // Step 3 of 20:12 does not run, nor does a reminder.
  expect(await steps(world, alert.id)).toHaveLength(4)
  const [stored] = await world.rows<{ acked_at: number; ack_due_at: number; opened_at: number; severity_since: number }>('select acked_at, ack_due_at, opened_at, severity_since from alert')
  expect(((stored?.acked_at ?? 0) - T) / MINUTE).toBe(14)
  expect(stored?.ack_due_at).toBe(clock('20:02'))
  const owed = reportDuties({ severity: 3, severitySince: stored?.severity_since ?? 0, state: 'acknowledged' }, [], clock('20:06'))
  expect(owed.map(({ kind, dueAt }) => [kind, dueAt])).toEqual([['oral', clock('20:22')], ['written', clock('21:52')]])
})

test('S-12, variant: the process that runs the ladder is dead from 20:01:30 to 20:03:00: step 2 goes out once, at once', async () => {
  const { world, alert } = await scene('20:05', (instant) => instant >= clock('20:01') + 30 * SECOND && instant < clock('20:03'))
  expect((await steps(world, alert.id)).filter((line) => line.includes('step'))).toEqual([
    '0 step 1: duty_manager province_center_director province_center_director',
    '11 step 2: province_center_director province_center_director province_cs_dept',
  ])
})
