import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { Suspension } from '../../core/domain/ticket/parts.ts'
import type { Ticket, TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { buildRegionTree, type RegionNode, type RegionTree } from '../../core/domain/region.ts'
import type { Instant } from '../../core/domain/time.ts'
import type { EventType, RegionLevel } from '../../core/domain/vocabulary.ts'

export const SHANGHAI = 'Asia/Shanghai'

/** `at('2026-06-01 09:00')`: an instant by the Shanghai wall clock, seconds and milliseconds optional. */
export function at(local: string): Instant {
  const [date = '', time = '00:00'] = local.split(' ')
  const value = Date.parse(`${date}T${time.length === 5 ? `${time}:00` : time}+08:00`)
  if (Number.isNaN(value)) throw new Error(`not a local time: ${local}`)
  return value
}

export interface EventSpec extends Partial<Omit<TicketEvent, 'occurredAt' | 'receivedAt' | 'type'>> {
  /** Instant or local reading. */
  readonly occurredAt?: Instant | string
  readonly receivedAt?: Instant | string
  readonly ticketNo?: string
}

const instant = (value: Instant | string): Instant => (typeof value === 'string' ? at(value) : value)

/** Payload of a `created` event that counts: a province complaint from 320501 about broadband. */
export const CREATED_PAYLOAD = {
  kind: 'complaint',
  channel: 'hotline',
  source_category: 'province_complaint',
  region_code: '320501',
  phenomenon_l1: 'network',
  phenomenon_l2: 'broadband_down',
  product_l1: 'broadband',
  content_text: '宽带上不了网',
} as const

/** One event of ticket `T1` of province 32; the id follows from type and instant unless given. A `created` without payload gets CREATED_PAYLOAD. */
export function anEvent(type: EventType, spec: EventSpec = {}): TicketEvent {
  const { ticketNo = 'T1', occurredAt = '2026-06-01 09:00', receivedAt = occurredAt, payload, ...rest } = spec
  const provinceCode = spec.provinceCode ?? '32'
  const sourceSystem = spec.sourceSystem ?? 'eoms'
  return {
    sourceSystem,
    eventId: `${ticketNo}-${type}-${instant(occurredAt)}`,
    type,
    ticketKey: `${provinceCode}:${sourceSystem}:${ticketNo}`,
    provinceCode,
    occurredAt: instant(occurredAt),
    receivedAt: instant(receivedAt),
    sourceSeq: null,
    actorType: null,
    actorId: null,
    unitId: null,
    correctsEventId: null,
    payload: payload ?? (type === 'created' ? CREATED_PAYLOAD : {}),
    ...rest,
  }
}

/** A folded complaint, accepted 2026-06-01 09:00; `facts` replace fields of the fold directly. */
export function aTicket(facts: Partial<Ticket> = {}): Ticket {
  return { ...foldTicket([anEvent('created')]), ...facts }
}

/** A ticket folded from `[type, local time, payload?]` rows. */
export function ticketOf(...rows: readonly (readonly [EventType, string, Readonly<Record<string, unknown>>?])[]): Ticket {
  return foldTicket(rows.map(([type, occurredAt, payload]) => anEvent(type, { occurredAt, ...(payload ? { payload } : {}) })))
}

/** A pause of the ticket's clocks, its reason of no matter. */
export const aSuspension = (from: Instant, to: Instant | null): Suspension => ({
  from,
  to,
  reason: 'third_party',
  approver: 'leader',
  plannedResumeAt: null,
})

const ROWS: readonly (readonly [code: string, parent: string | null, level: RegionLevel, zh: string, en: string])[] = [
  ['00', null, 'group', '集团', 'Group'],
  ['32', '00', 'province', '江苏', 'Jiangsu'],
  ['320500', '32', 'city', '苏州市', 'Suzhou'],
  ['320501', '320500', 'district', '甲区', 'District A'],
  ['320502', '320500', 'district', '乙区', 'District B'],
  ['320100', '32', 'city', '南京市', 'Nanjing'],
  ['320101', '320100', 'district', '丙区', 'District C'],
  ['33', '00', 'province', '浙江', 'Zhejiang'],
  ['330100', '33', 'city', '杭州市', 'Hangzhou'],
  ['330101', '330100', 'district', '丁区', 'District D'],
]

/** A small tree: a group, two provinces, three cities, four districts. */
export function aRegionTree(): RegionTree {
  const paths = new Map<string, string>()
  const nodes = ROWS.map(([code, parentCode, level, nameZh, nameEn]): RegionNode => {
    const path = `${parentCode === null ? '/' : paths.get(parentCode)}${code}/`
    paths.set(code, path)
    return { code, parentCode, level, nameZh, nameEn, shortZh: nameZh.slice(0, 1), path, tile: null }
  })
  return buildRegionTree(nodes)
}
