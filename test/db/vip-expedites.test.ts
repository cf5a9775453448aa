import { expect, test } from 'vitest'
import { runEscalate } from '../../workers/escalate.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

test('S-4: one VIP, several expedites: one page at A3, none for the second rule', async () => {
  const town = await ingestWorld('2026-05-12 08:00')
  await setRules(town.pool, onlyRules('AT-01', 'AT-04', 'AT-14'))
  const pages: [string, string, number][] = []
  const look = async (local: string) => {
    town.clock.set(at(local))
    while ((await runEscalate(town.engine, town.clock.now())) > 0);
    const { rows } = await town.pool.query<{ rule: string; severity: number }>(
      `select a.rule_id as rule, e.severity from escalation_step s join escalation e on e.id = s.escalation_id join alert a on a.id = e.alert_id
        where s.step = 0 order by s.fired_at, e.id offset $1`,
      [pages.length],
    )
    pages.push(...rows.map(({ rule, severity }): [string, string, number] => [local.slice(5), rule, severity]))
  }
  const expedite = (local: string) => anItemAt('expedited', local, { by: 'customer', channel: 'hotline' })
  await town.send('2026-05-12 09:00', anItemAt('created', '05-12 09:00', { star: 7 }))
  await look('2026-05-12 09:00')
  for (const time of ['10:30', '13:05', '14:20', '15:10', '17:15']) {
    await town.send(`2026-05-12 ${time}`, expedite(`05-12 ${time}`))
    await look(`2026-05-12 ${time}`)
    const level = ['15:10', '17:15'].includes(time) ? 3 : 2
    expect((await town.pool.query<{ level: number }>('select max(severity) as level from alert where ended_at is null')).rows, time).toEqual([{ level }])
  }
  expect(await town.alerts('32:crm:T1')).toMatchObject([
    { rule: 'AT-14', severity: 3, openedAt: at('2026-05-12 09:00') },
    { rule: 'AT-04', severity: 3, openedAt: at('2026-05-12 15:10') },
  ])
  await town.timers('2026-05-13 07:00')
  await look('2026-05-13 07:00')
  expect((await town.alerts('32:crm:T1'))[2]).toMatchObject({ rule: 'AT-01', severity: 1 })
  await town.timers('2026-05-13 08:30')
  await look('2026-05-13 08:30')
  expect((await town.alerts('32:crm:T1'))[2]).toMatchObject({ rule: 'AT-01', severity: 2 })
  expect(pages).toEqual([
    ['05-12 09:00', 'AT-14', 2],
    ['05-12 15:10', 'AT-14', 3],
  ])
})
