import { describe, expect, test } from 'vitest'
import { parseRowMap, rowMapper } from '../../core/engine/row-map.ts'

const MAP = {
  row: 'event',
  time_format: 'iso',
  source_system: { value: 'noc' },
  province_code: { value: '32' },
  events: [{ event_type: { value: 'call.ended' }, event_id: 'id', occurred_at: 'ended', payload: { queue_at: 'queued', agent_group: 'group' } }],
}
const ROW = { id: 'e1', ended: '2026-06-01T09:00:00+08:00', queued: '2026-06-01T08:50:00+08:00', group: 'G1' }

describe('a map of notices', () => {
  const toEvents = rowMapper(parseRowMap(MAP), 'Asia/Shanghai')

  test('names no ticket, and neither do its events', () => {
    expect(toEvents(ROW)).toEqual({
      ok: true,
      items: [
        {
          event_id: 'e1', event_type: 'call.ended', occurred_at: '2026-06-01T01:00:00.000Z', source_system: 'noc', province_code: '32',
          payload: { queue_at: ROW.queued, agent_group: 'G1' },
        },
      ],
    })
  })

  test('needs an event id in every row', () => {
    expect(toEvents({ ...ROW, id: '' })).toMatchObject({ ok: false, refusal: { field: 'event_id' } })
  })

  test('a map that names a ticket still asks for it in every row', () => {
    const withTicket = rowMapper(parseRowMap({ ...MAP, ticket_id: 'ticket' }), 'Asia/Shanghai')
    expect(withTicket(ROW)).toMatchObject({ ok: false, refusal: { field: 'ticket_id' } })
    expect(withTicket({ ...ROW, ticket: 'T1' })).toMatchObject({ ok: true, items: [{ ticket_id: 'T1' }] })
  })
})
