import { beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import { runRiskLook } from '../../core/engine/risk-tick.ts'
import { at } from '../support/builders.ts'
import { createdEvent, spread, takeIn } from '../support/complaints.ts'
import { aNoticeItem } from '../support/notices.ts'
import { day, type RiskWorld, riskWorld, TICK } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
})

const iso = (instant: Instant) => new Date(instant).toISOString()
const notice = (type: Parameters<typeof aNoticeItem>[0], occurredAt: Instant, payload: Record<string, unknown>, id: string) =>
  aNoticeItem(type, payload, { event_id: id, occurred_at: iso(occurredAt) })
const openings = () => world.openings()
const raises = (from: Instant) => world.raises(from)
const only = (...ids: string[]) => world.only(...ids)

describe('S-1 variant A: an outage that the network feed tells of', () => {
  beforeEach(async () => {
    await takeIn(world.engine, [notice('incident.opened', day('20:18'), { started_at: iso(day('20:10')), users_affected: 23_000 }, 'i1')], day('20:19'))
  })

  test('MR-07 opens an orange case at once, the complaints join it, and it stays one', async () => {
    const changes = await runRiskLook(world.engine, day('20:19'))
    expect(changes.map(({ what, severity }) => [what, severity])).toEqual([['open', 3]])
    expect(await openings()).toEqual([['MR-07', '320500', 3, 'open', 'product', 'broadband']])
    const [run] = await world.rows<{ ack_due_at: Instant }>('select ack_due_at from alert')
    expect(run?.ack_due_at).toBe(day('20:29'))
    await world.file(day('20:20'), 60, { phenomenon: '宽带上不了网' })
    await world.file(day('20:25'), 60, { phenomenon: '宽带上不了网' })
    await world.ticks('20:20', '20:30')
    expect(await openings()).toEqual([['MR-07', '320500', 3, 'open', 'product', 'broadband']])
    const members = await world.rows<{ rule_id: string; level: number; value: number }>('select rule_id, level, value from risk_member order by 1')
    expect(members).toEqual([
      { rule_id: 'MR-01', level: 3, value: 120 },
      { rule_id: 'MR-02', level: 0, value: 120 },
      { rule_id: 'MR-07', level: 3, value: 23_000 },
    ])
    expect((await world.cases())[0]?.ticket_count).toBe(120)
  })

  test('a look changes nothing twice, and lowers nothing', async () => {
    await runRiskLook(world.engine, day('20:19'))
    expect(await runRiskLook(world.engine, day('20:19'))).toEqual([])
    expect(await runRiskLook(world.engine, day('20:20'))).toEqual([])
    await takeIn(world.engine, [notice('incident.closed', day('20:52'), { restored_at: iso(day('20:50')) }, 'i2')], day('20:52'))
    await world.ticks('20:20', '20:50')
    await runRiskLook(world.engine, day('20:53'))
    await world.ticks('20:55', '21:50')
    expect((await world.movesOf(1)).map(([move]) => move)).toEqual(['open'])
    await world.tick('21:55')
    expect(await world.movesOf(1)).toEqual([['open', 1219], ['mitigate', 1315]])
  })

  test('joins the case that complaints opened before, which is then about the product', async () => {
    await world.file(day('20:15'), 30, { phenomenon: '宽带慢' })
    await world.tick('20:20')
    expect(await openings()).toEqual([['MR-07', '320500', 3, 'open', 'product', 'broadband']])
    await only('MR-01')
    await world.file(day('21:40'), 30, { phenomenon: 'IPTV' })
    await world.tick('21:45')
    expect(await openings()).toEqual([['MR-07', '320500', 3, 'open', 'product', 'broadband']])
  })

  test('a second look with more users raises it', async () => {
    await runRiskLook(world.engine, day('20:19'))
    await takeIn(world.engine, [notice('incident.updated', day('20:21'), { users_affected: 100_000 }, 'i3')], day('20:21'))
    expect((await runRiskLook(world.engine, day('20:21'))).map(({ what, severity }) => [what, severity])).toEqual([['upgrade', 4]])
  })
})

test('complaints of a phenomenon that the product explains are about the product once the incident is told', async () => {
  await world.file(day('20:10'), 30, { phenomenon: '宽带慢' })
  await world.tick('20:15')
  expect((await openings()).map(([rule, , severity, , kind]) => [rule, severity, kind])).toEqual([['MR-01', 2, 'phenomenon']])
  await takeIn(world.engine, [notice('incident.opened', day('20:18'), { started_at: iso(day('20:10')), users_affected: 23_000 }, 'i1')], day('20:19'))
  await runRiskLook(world.engine, day('20:19'))
  expect((await openings()).map(([rule, , severity, , kind, matter]) => [rule, severity, kind, matter])).toEqual([['MR-01', 3, 'product', 'broadband']])
})

describe('S-2: a mis-billing batch', () => {
  const march = (clock: string) => at(`2026-03-03 ${clock}`)
  const every = (from: Instant, to: Instant, step: number) => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)
  const filed = [
    ...every(march('08:44'), march('09:38'), 6 * MINUTE),
    ...every(march('09:40:30'), march('11:18:00'), 2.5 * MINUTE),
    ...every(march('11:20:30'), march('11:53:00'), 2.5 * MINUTE),
  ]
  const cities = ['320500', '320100', '320200', '320300', '320400', '320600', '320700']
  async function play(): Promise<void> {
    for (let tickAt = march('08:50'); tickAt <= march('12:00'); tickAt += TICK) {
      const now = filed.map((when, index) => ({ when, index })).filter(({ when }) => when >= tickAt - TICK - (tickAt === march('08:50') ? TICK : 0) && when < tickAt)
      const items = now.map(({ when, index }) =>
        createdEvent({ no: `B${index}`, at: when, region: cities[index % 7] ?? '', phenomenon: '计费及收费', payload: { product_l1: 'vas', product_l2: '视频彩铃' } }),
      )
      await takeIn(world.engine, items, tickAt)
      await world.tickAt(tickAt)
    }
  }

  test('MR-13 alone: blue at 09:40 with 10 customers, yellow at 11:20 with 50, orange by the confirmed users', async () => {
    expect(filed).toHaveLength(64)
    await only('MR-13')
    await play()
    expect(await raises(march('00:00'))).toEqual([['open', '09:40', 1], ['upgrade', '11:20', 2]])
    expect((await world.cases()).map(({ region_code, ticket_count }) => [region_code, ticket_count])).toEqual([['32', 64]])
    await world.confirm((await world.cases())[0]?.id ?? 0, 4_600, march('13:00'))
    await world.tickAt(march('13:00'))
    expect((await raises(march('00:00'))).at(-1)).toEqual(['upgrade', '13:00', 3])
  })

  test('with MR-01: a blue member from 10:20 with 20 customers, at most 24, never yellow', async () => {
    await only('MR-13', 'MR-01')
    await play()
    const read = await world.rows<{ tick_at: Instant; value: number; level: number }>(
      "select tick_at, value, level from risk_reading where rule_id = 'MR-01' and region_code = '32' order by tick_at",
    )
    const firstTrue = read.find(({ level }) => level > 0)
    expect([firstTrue?.tick_at, firstTrue?.value]).toEqual([march('10:20'), 20])
    expect(Math.max(...read.map(({ value }) => value))).toBe(24)
    expect(Math.max(...read.map(({ level }) => level))).toBe(1)
    expect(await world.cases()).toHaveLength(1)
  })
})

describe('S-8: one phenomenon in several provinces', () => {
  const july = (clock: string) => at(`2026-07-08 ${clock}`)
  const file = async (clock: string, province: string, count: number) => {
    const when = july(clock)
    const items = spread(when - TICK, when, count).map((acceptedAt, index) =>
      createdEvent({ no: `${province}-${clock}-${index}`, at: acceptedAt, province, region: province, phenomenon: '云盘不知情扣费' }),
    )
    await takeIn(world.engine, items, when)
  }
  const group = async () => (await openings()).filter(([rule]) => rule === 'MR-18')

  test('no group case with two yellow and a blue, orange with the third yellow, red when a member is orange', async () => {
    await only('MR-01', 'MR-18')
    await file('10:20', '32', 64)
    await world.tickAt(july('10:20'))
    await file('10:45', '33', 71)
    await world.tickAt(july('10:45'))
    await file('10:50', '36', 25)
    await world.tickAt(july('10:50'))
    expect(await group()).toEqual([])
    await file('11:05', '34', 60)
    await world.tickAt(july('11:05'))
    expect(await group()).toEqual([['MR-18', '00', 3, 'open', 'cross_province', '云盘不知情扣费']])
    expect((await openings()).filter(([rule]) => rule === 'MR-01').map(([, region, severity]) => [region, severity])).toEqual([['32', 2], ['33', 2], ['36', 1], ['34', 2]])
    const [due] = await world.rows<{ ack_due_at: Instant; reason: string }>("select a.ack_due_at, m.reason ->> 'zh' as reason from alert a join risk_member m on m.alert_id = a.id where a.rule_id = 'MR-18'")
    expect(due?.ack_due_at).toBe(july('11:15'))
    expect(due?.reason).toContain('32、33、34')
    await file('11:30', '33', 200)
    await world.tickAt(july('11:30'))
    expect((await group()).map(([, , severity]) => severity)).toEqual([4])
  })
})

describe('S-9: a silent feed', () => {
  /** A province that sends so many complaints in each of these hours of the eight Mondays before; 504 are 8.4 a minute. */
  const usual = async (perHour: number, from: string, hours: number) => {
    await only('MR-17')
    const items = Array.from({ length: 8 }, (_, week) => {
      const start = at(`2026-06-08 ${from}`) - (week + 1) * 7 * DAY
      return spread(start, start + hours * HOUR, perHour * hours).map((when, place) => createdEvent({ no: `W${week}-${place}`, at: when, province: '44', region: '440100' }))
    }).flat()
    await takeIn(world.engine, items, at('2026-06-08 08:00') - 3 * DAY)
  }
  const june = (clock: string) => at(`2026-06-08 ${clock}`)
  const last = (clock: string, no = 'last') => takeIn(world.engine, [createdEvent({ no, at: june(clock), province: '44', region: '440100' })], june(clock))
  const shown = async () => (await world.brief()).map(([region, severity, state]) => `${region} ${severity} ${state}`)

  test('blue after 10 minutes, yellow after 30, mitigated 30 minutes after it is heard of again', async () => {
    await usual(504, '09:00', 3)
    await last('10:02:30')
    await runRiskLook(world.engine, june('10:12:30') - 1)
    expect(await shown()).toEqual([])
    await runRiskLook(world.engine, june('10:12:30'))
    expect(await shown()).toEqual(['44 1 open'])
    for (let tickAt = june('10:15'); tickAt <= june('10:30'); tickAt += TICK) await world.tickAt(tickAt)
    await runRiskLook(world.engine, june('10:32:30') - SECOND)
    expect(await shown()).toEqual(['44 1 open'])
    await runRiskLook(world.engine, june('10:32:30'))
    expect(await shown()).toEqual(['44 2 open'])
    await world.tickAt(june('10:35'))
    await last('10:40', 'again')
    for (let tickAt = june('10:40'); tickAt <= june('11:05'); tickAt += TICK) {
      await world.tickAt(tickAt)
      await last(new Date(tickAt + 8 * HOUR).toISOString().slice(11, 16), `live${tickAt}`)
    }
    expect(await shown()).toEqual(['44 2 open'])
    await world.tickAt(june('11:10'))
    expect(await shown()).toEqual(['44 2 mitigated'])
    expect((await raises(june('00:00'))).map(([move, clock]) => [move, clock])).toEqual([['open', '10:12'], ['upgrade', '10:32'], ['mitigate', '11:10']])
  })

  test('with 0.2 events a minute T is 100 minutes: blue after 100, yellow after 300', async () => {
    await usual(12, '08:00', 8)
    await last('08:02:30')
    const colours: string[][] = []
    for (const clock of ['09:42:29', '09:42:30', '13:02:29', '13:02:30']) {
      if (clock === '13:02:29') for (let tickAt = june('09:45'); tickAt <= june('13:00'); tickAt += TICK) await world.tickAt(tickAt)
      await runRiskLook(world.engine, june(clock))
      colours.push(await shown())
    }
    expect(colours).toEqual([[], ['44 1 open'], ['44 1 open'], ['44 2 open']])
  })
})

test('MR-09: an article opens a case at once and is over when it has been handled', async () => {
  await takeIn(world.engine, [notice('opinion.detected', day('10:01'), { reach: 20_000, spread_level: 'local', topic: '宽带' }, 'o1')], day('10:01'))
  expect((await runRiskLook(world.engine, day('10:01'))).map(({ what, severity }) => [what, severity])).toEqual([['open', 2]])
  expect(await openings()).toEqual([['MR-09', '320500', 2, 'open', 'opinion', 'O1']])
  await takeIn(world.engine, [notice('opinion.updated', day('10:03'), { reach: 20_000, spread_level: 'national' }, 'o2')], day('10:03'))
  await runRiskLook(world.engine, day('10:05'))
  expect((await world.cases())[0]?.severity).toBe(3)
  await takeIn(world.engine, [notice('opinion.updated', day('10:23'), { reach: 20_000, handled_at: iso(day('10:22')) }, 'o3')], day('10:23'))
  await world.ticks('10:25', '11:25')
  expect((await world.movesOf(1)).map(([move, minute]) => [move, minute])).toEqual([['open', 601], ['upgrade', 605], ['mitigate', 685]])
})

test('MR-13 takes no first-level product for a charge item', async () => {
  await only('MR-13')
  await world.file(day('10:00'), 40, { phenomenon: '计费及收费', payload: { product_l1: 'mobile' } })
  await world.tick('10:05')
  expect(await world.brief()).toEqual([])
})

test('MR-19 opens on the city, links what it counted and pages nobody twice', async () => {
  await world.file(day('10:00'), 5, { phenomenon: '携出' })
  await world.tick('10:05')
  expect(await openings()).toEqual([['MR-19', '320500', 1, 'open', 'phenomenon', '携出']])
  expect((await world.cases())[0]?.ticket_count).toBe(5)
  await world.ticks('10:10', '11:30')
  expect((await world.movesOf(1)).map(([move]) => move)).toEqual(['open'])
})

test('MR-20: a hot line that answers too few opens a case of the province, short abandons left out', async () => {
  await world.only('MR-20')
  const call = (no: number, end: 'answered' | 'abandoned' | 'short') => {
    const queueAt = day('10:00') + no * SECOND
    const times = end === 'answered' ? { answered_at: iso(queueAt + 10 * SECOND) } : { answered_at: null, abandoned_at: iso(queueAt + (end === 'short' ? 4 : 60) * SECOND) }
    return aNoticeItem('call.ended', { call_id: `k${no}`, queue_at: iso(queueAt), ended_at: iso(queueAt + 2 * MINUTE), ...times }, { event_id: `k${no}`, occurred_at: iso(queueAt + 2 * MINUTE) })
  }
  const calls = [...Array.from({ length: 119 }, (_, no) => call(no, 'answered')), ...Array.from({ length: 80 }, (_, no) => call(200 + no, 'abandoned')), ...Array.from({ length: 100 }, (_, no) => call(400 + no, 'short'))]
  await takeIn(world.engine, calls, day('10:09'))
  await world.tick('10:10')
  expect(await openings()).toEqual([])
  await takeIn(world.engine, [call(300, 'abandoned')], day('10:12'))
  await world.tick('10:15')
  expect(await openings()).toEqual([['MR-20', '32', 2, 'open', 'hotline', '']])
  expect(await world.rows('select value, level from risk_member')).toEqual([{ value: 59.5, level: 2 }])
})

test('MR-20: the app is down while its incident is open, one case with what MR-07 says of it', async () => {
  await only('MR-07', 'MR-20')
  const incidentOf = (type: Parameters<typeof aNoticeItem>[0], clock: string, payload: object) => notice(type, day(clock), { incident_id: 'APP1', product: 'app', regions: ['32'], started_at: iso(day('10:00')), ...payload }, `${type} ${clock}`)
  await takeIn(world.engine, [incidentOf('incident.opened', '10:02', { users_affected: null })], day('10:02'))
  await world.tick('10:05')
  expect(await openings()).toEqual([['MR-20', '32', 2, 'open', 'product', 'app']])
  await takeIn(world.engine, [incidentOf('incident.updated', '10:06', { users_affected: 12_000 })], day('10:06'))
  await world.tick('10:10')
  expect(await world.brief()).toEqual([['32', 3, 'open']])
  await takeIn(world.engine, [incidentOf('incident.closed', '10:20', { restored_at: iso(day('10:20')) })], day('10:20'))
  await world.ticks('10:25', '11:30')
  expect((await world.movesOf(1)).map(([move, minute]) => [move, minute])).toEqual([['open', 605], ['upgrade', 610], ['mitigate', 685]])
})

test('MR-16: a province with many old open complaints, as it stood at the full hour', async () => {
  await world.only('MR-16')
  const from = at('2026-06-08 09:00')
  const old = (count: number, first: number) => Array.from({ length: count }, (_, no) => createdEvent({ no: `O${first + no}`, at: from + (first + no) * SECOND }))
  await takeIn(world.engine, old(99, 0), day('10:01'))
  await world.tick('10:05')
  expect(await openings()).toEqual([])
  // Accepted after the hour: not open at it.
  await takeIn(world.engine, [createdEvent({ no: 'N1', at: day('10:02') })], day('10:06'))
  await world.tick('10:10')
  expect(await openings()).toEqual([])
  await takeIn(world.engine, old(1, 99), day('10:11'))
  await world.tick('10:15')
  expect(await openings()).toEqual([['MR-16', '32', 3, 'open', 'backlog', '']])
  expect(await world.rows('select value, level from risk_member')).toEqual([{ value: 100, level: 3 }])
})
