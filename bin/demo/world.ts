import type { RegionNode, RegionTree } from '../../core/domain/region.ts'
import { DAY, HOUR, type Instant, MINUTE, SECOND, timeOfDay, type Zone } from '../../core/domain/time.ts'
import { PHENOMENA, type Phenomenon } from './phenomena.ts'
import { type Random, seededRandom } from './random.ts'

/** An event of the demo in envelope form with its instant, so that it can be ordered before it is sent. */
export interface DemoEvent {
  readonly at: Instant
  readonly item: Readonly<Record<string, unknown>>
}

/** Complaints accepted per day in the whole demo country. */
export const TICKETS_PER_DAY = 600
const SOURCE = 'demo-crm'

/** Share of a day's complaints by local hour: little at night, peaks at mid-morning and after dinner. */
const HOURS = [8, 5, 3, 2, 2, 3, 7, 18, 42, 62, 66, 58, 44, 46, 54, 56, 54, 50, 48, 56, 62, 50, 30, 16]
const HOURS_SUM = HOURS.reduce((a, b) => a + b, 0)
const WEEKDAY = [1.0, 1.04, 1.02, 1.0, 0.98, 0.95, 1.05]

/** Rough share of lines by province (per cent); a city's share falls with its place in the list. */
const PROVINCE_WEIGHT: Readonly<Record<string, number>> = {
  '11': 3, '12': 2, '13': 5, '14': 3, '15': 2, '21': 3.5, '22': 2, '23': 2.5, '31': 3.5, '32': 7.5, '33': 6, '34': 4.5, '35': 3.5, '36': 3.2, '37': 6.5,
  '41': 6, '42': 4.5, '43': 4.8, '44': 9.5, '45': 3.4, '46': 1, '50': 2.8, '51': 6.5, '52': 2.6, '53': 3.2, '54': 0.4, '61': 3.2, '62': 1.8, '63': 0.6, '64': 0.8, '65': 2.2,
}

interface Place {
  readonly node: RegionNode
  readonly provinceCode: string
  readonly weight: number
}

/** The cities of a tree with their weights; a province unknown to the table weighs one. */
export function placesOf(tree: RegionTree): readonly Place[] {
  return tree
    .all()
    .filter((node) => node.level === 'city')
    .map((node) => {
      const siblings = tree.children(node.parentCode ?? '')
      const rank = siblings.findIndex((sibling) => sibling.code === node.code)
      const share = 1 / (rank + 2) / siblings.reduce((sum, _sibling, index) => sum + 1 / (index + 2), 0)
      const provinceCode = node.parentCode ?? ''
      return { node, provinceCode, weight: (PROVINCE_WEIGHT[provinceCode] ?? 1) * share }
    })
}

const number = (random: Random, prefix: string) => `${prefix}${String(random.integer(0, 99_999_999)).padStart(8, '0')}`

interface Subject {
  readonly ticketId: string
  readonly place: Place
  readonly phenomenon: Phenomenon
  readonly customer: string
  readonly acceptedAt: Instant
}

const event = (subject: Subject, type: string, at: Instant, payload: Record<string, unknown>, id = type): DemoEvent => ({
  at,
  item: {
    event_id: `${subject.ticketId}:${id}`,
    event_type: type,
    ticket_id: subject.ticketId,
    occurred_at: new Date(at).toISOString(),
    source_system: SOURCE,
    province_code: subject.place.provinceCode,
    payload,
  },
})

function createdEvent(subject: Subject, random: Random): DemoEvent {
  const star = random.next() < 0.04 ? random.integer(5, 7) : random.integer(0, 4)
  return event(subject, 'created', subject.acceptedAt, {
    kind: 'complaint',
    source_category: random.next() < 0.015 ? 'group_complaint' : 'province_complaint',
    channel: random.pick(['hotline', 'app', 'wechat', 'hall', 'web'], (channel) => (channel === 'hotline' ? 6 : 1)),
    region_code: subject.place.node.code,
    phenomenon_l1: subject.phenomenon.l1,
    phenomenon_l2: subject.phenomenon.l2,
    product_l1: subject.phenomenon.product,
    customer_id: subject.customer,
    product_no: number(random, '199'),
    star,
    is_vip: random.next() < 0.01,
    urgency: random.next() < 0.1 ? 'rush' : 'normal',
    content_text: random.pick(subject.phenomenon.texts, () => 1),
  })
}

/** Solved by the hot-line itself within the hour. */
function directEvents(subject: Subject, random: Random): DemoEvent[] {
  const done = subject.acceptedAt + random.integer(4, 45) * MINUTE
  return [
    createdEvent(subject, random),
    event(subject, 'completed', done, { result_code: 'solved' }),
  ]
}

const FOUND = ['线路接触不良', '端口异常', '设备老化', '参数配置有误', '资费规则未讲清', '订单状态未同步', '基站负荷高', '用户侧路由故障']
const DONE = ['已更换并测试', '已重新配置', '已现场修复', '已远程恢复', '已更正并核对', '已调整优化', '已补办手续']
const TOLD = ['客户试用正常', '客户表示认可', '已向客户说明', '客户确认恢复', '约定三日后回访']

/** What a unit writes back, in its own words each time; by the ticket, so that nothing else of the world depends on it. */
function replyText({ ticketId }: Subject): string {
  const random = seededRandom(`reply|${ticketId}`)
  return [FOUND, DONE, TOLD].map((words) => random.pick(words, () => 1)).join('，')
}

/** Dispatched to a unit: most within a day, some suspended, few past their limit. */
function unitEvents(subject: Subject, random: Random): DemoEvent[] {
  const leg = `${subject.ticketId}-1`
  const unit = `U${subject.place.node.code}`
  const dispatched = subject.acceptedAt + random.integer(3, 40) * MINUTE
  const claimed = dispatched + random.integer(5, 90) * MINUTE
  const events = [
    createdEvent(subject, random),
    event(subject, 'dispatched', dispatched, { to_unit: unit, leg_id: leg }),
    event(subject, 'claimed', claimed, { leg_id: leg, handler_id: `h${random.integer(1, 40)}` }),
  ]
  const slow = random.next()
  let replied = claimed + (slow < 0.06 ? random.integer(47, 90) * HOUR : slow < 0.25 ? random.integer(20, 40) * HOUR : 2 * HOUR + random.wait(8 * HOUR))
  replied = Math.min(replied, claimed + 110 * HOUR)
  if (random.next() < 0.06 && replied - claimed > 4 * HOUR) {
    const suspended = claimed + HOUR + random.integer(0, 60) * MINUTE
    const resumed = suspended + random.integer(3, 30) * HOUR
    events.push(event(subject, 'suspended', suspended, { reason_code: 'customer_later', approver: 'a1', planned_resume_at: new Date(resumed).toISOString() }))
    events.push(event(subject, 'resumed', resumed, {}))
    replied = Math.max(replied, resumed + 2 * HOUR)
  }
  if (random.next() < 0.1) events.push(event(subject, 'expedited', claimed + (replied - claimed) * 0.8, { by: 'customer', channel: 'hotline' }))
  events.push(event(subject, 'replied', replied, { leg_id: leg, unit_id: unit, text: replyText(subject) }))
  events.push(event(subject, 'review_passed', replied + 20 * MINUTE, { leg_id: leg }))
  events.push(event(subject, 'customer_replied', replied + 50 * MINUTE, { method: 'call', call_record_no: `r${subject.ticketId}`, staff: 's1', agreed: true }))
  events.push(event(subject, 'completed', replied + 60 * MINUTE, { result_code: 'solved' }))
  return events
}

/** Complaints of one hour of the demo's world with all their events, past and future: always the same for the same seed and hour. */
export function eventsOfHour(seed: string, places: readonly Place[], hourAt: Instant, zone: Zone): readonly DemoEvent[] {
  const random = seededRandom(`${seed}|${hourAt}`)
  const hour = Math.floor(timeOfDay(hourAt, zone) / HOUR)
  const weekday = Math.floor(hourAt / DAY + 4) % 7
  const mean = (TICKETS_PER_DAY * (HOURS[hour] ?? 0) * (WEEKDAY[weekday] ?? 1)) / HOURS_SUM
  const events: DemoEvent[] = []
  const count = random.poisson(mean / 4) + random.poisson(mean / 4) + random.poisson(mean / 4) + random.poisson(mean / 4)
  for (let i = 0; i < count; i++) {
    const subject: Subject = {
      ticketId: `D${Math.floor(hourAt / HOUR)}${String(i).padStart(4, '0')}`,
      place: random.pick(places, (place) => place.weight),
      phenomenon: random.pick(PHENOMENA, (phenomenon) => phenomenon.weight),
      customer: `C${random.integer(1, 400_000)}`,
      acceptedAt: hourAt + random.integer(0, HOUR / SECOND - 1) * SECOND,
    }
    events.push(...(random.next() < 0.8 ? directEvents(subject, random) : unitEvents(subject, random)))
  }
  return events
}

/** Tickets per five-minute bin of scenario S-1 of domain.md: 180 tickets of 172 customers. */
const S1_BINS = [6, 18, 26, 30, 28, 22, 18, 14, 8, 5, 3, 2]
/** Customers who first filed in the fourth bin file again in these bins. */
const S1_AGAIN: Readonly<Record<number, number>> = { 6: 2, 7: 2, 8: 2, 9: 1, 10: 1 }

/**
 * Scenario S-1 without its network feed, played from `startAt` with bins of `binMs` (5 min in the specification, shorter in the demo).
 * The tickets of a bin are spread evenly over it.
 */
export function outageEvents(places: readonly Place[], regionCode: string, startAt: Instant, binMs: number): readonly DemoEvent[] {
  const place = places.find((candidate) => candidate.node.code === regionCode)
  const phenomenon = PHENOMENA.find((candidate) => candidate.l2 === '宽带上不了网')
  if (!place || !phenomenon) return []
  const random = seededRandom(`outage|${startAt}`)
  const events: DemoEvent[] = []
  let customers = 0
  const refiling: string[] = []
  S1_BINS.forEach((count, bin) => {
    const again = S1_AGAIN[bin] ?? 0
    for (let i = 0; i < count; i++) {
      const repeats = i < again ? refiling.shift() : undefined
      const customer = repeats ?? `S1-${startAt}-${customers++}`
      if (bin === 3 && refiling.length < 8) refiling.push(customer)
      const acceptedAt = Math.floor(startAt + bin * binMs + ((i + 0.5) * binMs) / count)
      const subject: Subject = { ticketId: `S1-${startAt}-${bin}-${i}`, place, phenomenon, customer, acceptedAt }
      events.push(...unitEvents(subject, random).filter((item) => item.item['event_type'] !== 'suspended' && item.item['event_type'] !== 'resumed'))
    }
  })
  return events
}
