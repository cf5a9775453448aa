import { beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import { clusterTexts } from '../../core/engine/cluster-texts.ts'
import { runRiskLook } from '../../core/engine/risk-tick.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { runRisk } from '../../workers/risk.ts'
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
const openings = async () => {
  const cases = await world.rows<{ id: number; rule_id: string; region_code: string; severity: number; state: string; matter_kind: string; matter: string }>(
    'select a.*, c.matter_kind, c.matter from alert a join risk_case c on c.alert_id = a.id order by a.id',
  )
  return cases.map(({ rule_id, region_code, severity, state, matter_kind, matter }) => [rule_id, region_code, severity, state, matter_kind, matter])
}
/** Move, clock and colour of everything that happened to the first case. */
const raises = async (from: Instant) => {
  const moves = await world.rows<{ move: string; at: Instant; to_severity: number }>(
    'select move, at, to_severity from alert_transition where alert_id = (select min(alert_id) from risk_case) order by id',
  )
  return moves.map(({ move, at: when, to_severity }) => [move, new Date(when - from).toISOString().slice(11, 16), to_severity])
}
const only = async (...ids: string[]) => {
  const { risk } = await world.engine.settings(0)
  const all = ['MR-03', 'MR-06', 'MR-07', 'MR-09', 'MR-13', 'MR-17', 'MR-18', 'MR-19']
  const body = {
    ...risk.body,
    batch: { ...risk.body.batch, enabled: ids.includes('MR-01') },
    surge: { ...risk.body.surge, enabled: ids.includes('MR-02') },
    disabledRules: all.filter((id) => !ids.includes(id)),
  }
  await inTransaction(world.pool, (tx) => saveSettings(tx, { kind: 'risk', body, author: 'test', reason: 'only some', effectiveFrom: 1, now: 1 }))
}

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

describe('S-3: appeals of one day, MR-06', () => {
  const april = (clock: string) => at(`2026-04-13 ${clock}`)
  const WEEKS = [5, 6, 7, 6, 5, 7, 6, 8]
  const appeal = (no: string, when: Instant, customer = no) =>
    createdEvent({ no, at: when, customer, payload: { kind: 'appeal', source_category: 'province_appeal', channel: 'miit_forward' } })

  test('blue 12:15, yellow 13:05, orange 14:15, still orange with 36', async () => {
    await only('MR-06')
    const past = WEEKS.flatMap((count, week) => {
      const start = april('00:00') - (week + 1) * 7 * DAY
      return spread(start + HOUR, start + 20 * HOUR, count).map((when, place) => appeal(`W${week}-${place}`, when))
    })
    await takeIn(world.engine, past, april('00:00') - 6 * DAY)
    const cluster = Array.from({ length: 26 }, (_, index) => ({ when: april('10:00') + index * 10 * MINUTE, who: `A${index}` }))
    const again = [{ when: april('14:20'), who: 'A0' }, { when: april('14:30'), who: 'A1' }]
    const others = Array.from({ length: 8 }, (_, index) => ({ when: april('15:05') + index * HOUR, who: `X${index}` }))
    const all = [...cluster, ...again, ...others]
    expect(all).toHaveLength(36)
    for (let tickAt = april('10:05'); tickAt <= april('22:30'); tickAt += TICK) {
      const items = all.map((one, index) => ({ ...one, index })).filter(({ when }) => when >= tickAt - TICK && when < tickAt)
      await takeIn(world.engine, items.map(({ when, who, index }) => appeal(`S${index}`, when, who)), tickAt)
      await world.tickAt(tickAt)
    }
    expect(await raises(april('00:00'))).toEqual([['open', '12:15', 1], ['upgrade', '13:05', 2], ['upgrade', '14:15', 3]])
    const values = await world.rows<{ value: number; baseline: number; z: number }>(
      "select value, baseline, z from risk_reading where tick_at in (to_timestamp($1 / 1000.0), to_timestamp($2 / 1000.0)) order by tick_at", [april('14:15'), april('22:30')],
    )
    // 8.17 where the text divides by the rounded σ = 2.449.
    expect(values.map(({ value, baseline, z }) => [value, baseline, z.toFixed(2)])).toEqual([[26, 6, '8.16'], [36, 6, '12.25']])
    expect((await world.cases())[0]).toMatchObject({ region_code: '32', ticket_count: 36 })
  })
})

describe('S-3: texts that say nearly the same, MR-03', () => {
  const april = (clock: string, date = '13') => at(`2026-04-${date} ${clock}`)
  // T1 and T2 of domain.md 5.3.2 with numbers of nobody, and T3, which is not of their cluster.
  const T1 = '本人号码19900001111，于2026年3月5日被贵公司在不知情的情况下开通视频彩铃业务，每月扣费15元，本人从未授权，要求双倍退还全部费用并书面道歉，否则将向工信部申诉到底。'
  const T2 = '本人号码19900002222，于2026年2月18日被贵公司在不知情的情况下开通视频彩铃业务，每月扣费20元，本人从未授权，要求双倍退还全部费用并书面道歉，否则将向工信部申诉到底！'
  const T3 = '本人号码19900003333，于2026年3月被贵公司在不知情的情况下开通云盘会员业务，每月扣费10元，本人从未授权，要求双倍退还全部费用，否则将向工信部申诉到底。'
  const appeal = (no: string, when: Instant, customer: string, text: string, more: Record<string, unknown> = {}) =>
    createdEvent({ no, at: when, customer, payload: { kind: 'appeal', source_category: 'province_appeal', channel: 'miit_forward', content_text: text, ...more } })
  const cluster = [
    ...Array.from({ length: 26 }, (_, index) => ({ when: april('10:00') + index * 10 * MINUTE, who: `A${index}`, text: index % 2 === 0 ? T1 : T2 })),
    { when: april('14:20'), who: 'A0', text: T1 },
    { when: april('14:30'), who: 'A1', text: T2 },
  ]
  const others = Array.from({ length: 8 }, (_, index) => ({ when: april('15:05') + index * HOUR, who: `X${index}`, text: index === 0 ? T3 : `第${index}件申诉另有其事` }))
  async function play(from: Instant, to: Instant): Promise<void> {
    for (let tickAt = from; tickAt <= to; tickAt += TICK) {
      const now = [...cluster, ...others].map((one, index) => ({ ...one, index })).filter(({ when }) => when >= tickAt - TICK && when < tickAt)
      await takeIn(world.engine, now.map(({ when, who, index, text }) => appeal(`S${index}`, when, who, text)), tickAt)
      if (now.length > 0) await clusterTexts(world.engine, tickAt)
      await world.tickAt(tickAt)
    }
  }

  test('blue 10:25, yellow 10:45, orange 11:35, never red; the next day blue is proposed at 14:05 and orange stays', async () => {
    await only('MR-03')
    await play(april('10:05'), april('22:30'))
    const moves = [['open', '10:25', 1], ['upgrade', '10:45', 2], ['upgrade', '11:35', 3]]
    expect(await raises(april('00:00'))).toEqual(moves)
    expect(await openings()).toEqual([['MR-03', '32', 3, 'open', 'appeals', '']])
    expect((await world.cases())[0]).toMatchObject({ ticket_count: 28, proposed_severity: null })
    const [top] = await world.rows<{ value: number }>('select max(value)::int as value from risk_reading')
    expect(top?.value).toBe(26)
    await play(april('22:35'), april('14:00', '14'))
    expect((await world.cases())[0]).toMatchObject({ severity: 3, proposed_severity: null })
    await world.tickAt(april('14:05', '14'))
    expect((await world.cases())[0]).toMatchObject({ severity: 3, state: 'open', proposed_severity: 1 })
    expect(await raises(april('00:00'))).toEqual([...moves, ['propose_downgrade', '14:05', 3]])
  })

  test('tickets that a province reports as templates count whatever they say, and a tick waits for texts that nobody has looked at', async () => {
    await only('MR-03')
    const when = april('10:01')
    await takeIn(world.engine, [1, 2, 3].map((no) => appeal(`R${no}`, when, `R${no}`, `第${no}件`, { is_template: true })), april('10:05'))
    await world.tickAt(april('10:05'))
    expect(await openings()).toEqual([['MR-03', '32', 1, 'open', 'appeals', '']])
    expect((await world.cases())[0]).toMatchObject({ ticket_count: 3 })
    await takeIn(world.engine, cluster.slice(0, 5).map(({ who, text }, no) => appeal(`C${no}`, april('10:06'), who, text)), april('10:10'))
    expect((await runRisk(world.engine, april('10:10') + 3 * SECOND)).map(({ tickAt }) => tickAt)).toEqual([])
    await clusterTexts(world.engine, april('10:10') + 3 * SECOND)
    expect((await runRisk(world.engine, april('10:10') + 4 * SECOND)).map(({ tickAt }) => tickAt)).toEqual([april('10:10')])
    expect(await openings()).toEqual([['MR-03', '32', 2, 'open', 'appeals', '']])
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
