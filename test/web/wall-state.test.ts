import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeedRow } from '../../core/contract/wall.ts'
import { ALERT_STATES, LIVE_ALERT_STATES } from '../../core/domain/vocabulary.ts'
import { applyRows, fromSnapshot, isLive, type WallState } from '../../web/live/wall-state.ts'
import { card, Feed, figures, snapshotOf, someFact } from './live-fixtures.ts'

/** What a screen shows of a state, regardless of the order in which keys came. */
const picture = (state: WallState) => ({ ...state, figures: Object.fromEntries([...state.figures].sort()), alerts: Object.fromEntries([...state.alerts].sort()) })

const someFeed = fc.array(fc.tuple(someFact, fc.integer({ min: 1, max: 3 })), { maxLength: 30 }).map((facts) => {
  const feed = new Feed()
  for (const [fact, gap] of facts) feed.add(fact, gap)
  return feed
})

describe('the state of a wall', () => {
  it('agrees with the domain on which states are live', () => {
    expect(ALERT_STATES.filter(isLive)).toEqual(ALERT_STATES.filter((state) => LIVE_ALERT_STATES.includes(state)))
  })

  it('ignores a row that it has already seen', () => {
    const state = fromSnapshot(snapshotOf({ seq: 5, figures: [figures('32', 7)] }))
    const applied = applyRows(state, [{ seq: 5, at: 0, topic: 'figures', payload: figures('32', 99) }])
    expect(applied.state).toBe(state)
    expect(applied.rows).toEqual([])
  })

  it('replaces figures by region and alerts by id, and removes an alert that has ended', () => {
    const state = fromSnapshot(snapshotOf({ figures: [figures('32', 7)], alerts: [card({ id: '1' }), card({ id: '2' })] }))
    const rows: FeedRow[] = [
      { seq: 1, at: 0, topic: 'figures', payload: figures('32', 8) },
      { seq: 2, at: 0, topic: 'alert', payload: card({ id: '1', state: 'resolved' }) },
      { seq: 3, at: 0, topic: 'alert', payload: card({ id: '2', severity: 4 }) },
    ]
    const next = applyRows(state, rows).state
    expect(next.figures.get('32')?.acceptedToday).toBe(8)
    expect([...next.alerts.values()].map(({ id, severity }) => [id, severity])).toEqual([['2', 4]])
    expect(state.alerts.size).toBe(2)
  })

  it('asks for a snapshot at midnight', () => {
    const state = fromSnapshot(snapshotOf())
    expect(applyRows(state, [{ seq: 1, at: 0, topic: 'day', payload: {} }]).wantsSnapshot).toBe(true)
    expect(applyRows(state, [{ seq: 1, at: 0, topic: 'figures', payload: figures('32', 1) }]).wantsSnapshot).toBe(false)
  })

  it('is the same whether it comes by rows or by a snapshot', () => {
    fc.assert(
      fc.property(someFeed, fc.nat(), (feed, pick) => {
        const from = feed.rows.length === 0 ? 0 : (feed.rows[pick % feed.rows.length]?.seq ?? 0)
        const byRows = applyRows(fromSnapshot(feed.snapshot(from)), feed.after(from)).state
        const bySnapshot = fromSnapshot(feed.snapshot())
        expect(picture(byRows)).toEqual(picture({ ...bySnapshot, seq: byRows.seq }))
      }),
    )
  })

  it('is the same however the rows are cut into batches and repeated', () => {
    fc.assert(
      fc.property(someFeed, fc.array(fc.nat(), { maxLength: 12 }), (feed, cuts) => {
        let state = fromSnapshot(snapshotOf())
        let at = 0
        for (const cut of cuts) {
          const end = Math.min(feed.rows.length, at + (cut % 5))
          // Every batch repeats some of what came before.
          state = applyRows(state, feed.rows.slice(Math.max(0, at - (cut % 3)), end)).state
          at = end
        }
        state = applyRows(state, feed.rows.slice(at)).state
        expect(picture(state)).toEqual(picture(applyRows(fromSnapshot(snapshotOf()), feed.rows).state))
      }),
    )
  })

  it('is the snapshot after any subset, order and repetition of messages followed by it', () => {
    fc.assert(
      fc.property(someFeed, fc.array(fc.nat(), { maxLength: 40 }), (feed, picks) => {
        const messages = picks.flatMap((pick) => (feed.rows.length === 0 ? [] : [feed.rows[pick % feed.rows.length] as FeedRow]))
        applyRows(fromSnapshot(snapshotOf()), messages)
        const snapshot = feed.snapshot()
        expect(fromSnapshot(snapshot)).toEqual(applyRows(fromSnapshot(snapshot), messages).state)
      }),
    )
  })
})
