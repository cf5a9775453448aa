import { describe, expect, test } from 'vitest'
import { factsOfCall } from '../../core/domain/count/facts-of-call.ts'
import { factsOfIncident } from '../../core/domain/count/facts-of-incident.ts'
import { factsOfOpinion } from '../../core/domain/count/facts-of-opinion.ts'
import { foldCall } from '../../core/domain/notice/call.ts'
import { foldIncident } from '../../core/domain/notice/incident.ts'
import { foldOpinion } from '../../core/domain/notice/opinion.ts'
import { aRegionTree, at } from '../support/builders.ts'
import { aNotice } from '../support/notices.ts'

const TREE = aRegionTree()
const QUEUED = '2026-06-01T08:50:00+08:00'

describe('what a call counts for', () => {
  const measures = (times: Record<string, unknown>, repeated = false) => {
    const call = foldCall([aNotice('call.ended', '2026-06-01 09:00', { queue_at: QUEUED, answered_at: null, abandoned_at: null, ...times })])
    return factsOfCall(call, repeated)[0]?.measures
  }
  const afterMs = (ms: number) => new Date(Date.parse(QUEUED) + ms).toISOString()

  test.each<[string, Record<string, unknown>, boolean, Record<string, number>]>([
    ['answered at once', { answered_at: afterMs(0) }, false, { calls: 1, answered: 1, answered_20s: 1 }],
    ['answered after 20 s', { answered_at: afterMs(20_000) }, false, { calls: 1, answered: 1, answered_20s: 1, wait_seconds: 20 }],
    ['answered a millisecond later', { answered_at: afterMs(20_001) }, false, { calls: 1, answered: 1, wait_seconds: 20 }],
    ['answered, and the caller came again', { answered_at: afterMs(90_000) }, true, { calls: 1, answered: 1, wait_seconds: 90, repeated_2h: 1 }],
    ['abandoned after 4.999 s', { abandoned_at: afterMs(4_999) }, true, { abandoned_short: 1 }],
    ['abandoned after 5 s', { abandoned_at: afterMs(5_000) }, true, { calls: 1, abandoned: 1 }],
    ['neither answered nor abandoned', {}, true, { calls: 1 }],
  ])('%s', (_what, times, repeated, expected) => {
    expect(measures(times, repeated)).toEqual(expected)
  })

  test('by its entry into the queue, its agent group and its region', () => {
    expect(factsOfCall(foldCall([aNotice('call.ended', '2026-06-01 09:00', { region: '320500' })]), false)).toMatchObject([
      { base: 'CALL', at: at('2026-06-01 08:50'), regionCode: '320500', kind: 'call', by: { agent_group: 'G1' } },
    ])
  })
})

describe('what an incident counts for', () => {
  const opened = (started: string) => aNotice('incident.opened', '2026-06-01 20:18', { started_at: started, regions: ['320501', '320502'] })
  const closed = (restored: string) => aNotice('incident.closed', '2026-06-01 23:00', { restored_at: restored })
  const factsOf = (started: string, restored: string) => factsOfIncident(foldIncident([opened(started), closed(restored)]), TREE)

  test('nothing while it is open', () => {
    expect(factsOfIncident(foldIncident([opened('2026-06-01T20:10:00+08:00')]), TREE)).toEqual([])
  })

  test('once, when it is closed, at the node that holds its regions', () => {
    expect(factsOf('2026-06-01T20:10:00+08:00', '2026-06-01T20:50:00+08:00')).toEqual([
      {
        base: 'EVT', at: at('2026-06-01 23:00'), regionCode: '320500', kind: 'mass_incident', by: { product: 'broadband' },
        measures: { incidents_closed: 1, incidents_restored_2h: 1 },
      },
    ])
  })

  test.each([
    ['exactly two hours', '2026-06-01T22:10:00+08:00', 1],
    ['a millisecond more', '2026-06-01T22:10:00.001+08:00', undefined],
    ['before it began', '2026-06-01T20:09:00+08:00', undefined],
  ])('restored after %s', (_what, restored, expected) => {
    expect(factsOf('2026-06-01T20:10:00+08:00', restored)[0]?.measures.incidents_restored_2h).toBe(expected)
  })

  test('closed without a known start is not known to have been in time', () => {
    expect(factsOfIncident(foldIncident([closed('2026-06-01T20:50:00+08:00')]), TREE)[0]?.measures).toEqual({ incidents_closed: 1 })
  })
})

describe('what an opinion item counts for', () => {
  test('one, by its detection, however often it is reposted', () => {
    const detected = aNotice('opinion.detected', '2026-06-01 09:00', { phenomenon_l1: 'network', phenomenon_l2: 'down' })
    const repost = aNotice('opinion.detected', '2026-06-02 09:00', { repost_of: 'O1' })
    expect(factsOfOpinion(foldOpinion([detected, repost]))).toEqual([
      {
        base: 'EVT', at: at('2026-06-01 09:00'), regionCode: '320500', kind: 'opinion_item', by: { phenomenon_l1: 'network', phenomenon: 'down' },
        measures: { opinion_items: 1 },
      },
    ])
  })

  test('nothing before its detection has arrived', () => {
    expect(factsOfOpinion(foldOpinion([aNotice('opinion.updated', '2026-06-01 09:00')]))).toEqual([])
  })
})
