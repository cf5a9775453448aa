import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { type Alert, type MoveRequest, MOVES } from '../../core/domain/alert/alert.ts'
import { allowedMoves, transition } from '../../core/domain/alert/transition.ts'
import { TRANSITIONS } from '../../core/domain/alert/transition-table.ts'
import { HOUR } from '../../core/domain/time.ts'
import { ALERT_STATES, LIVE_ALERT_STATES, ROLES, type Severity } from '../../core/domain/vocabulary.ts'
import { ALERT, ENGINE, person, T } from '../support/alert-builders.ts'

const anyActor = fc.oneof(
  fc.constant(ENGINE),
  fc
    .record({ role: fc.constantFrom(...ROLES), userId: fc.constantFrom('a', 'b', 'c'), path: fc.constantFrom('/00/', '/00/32/', '/00/33/') })
    .map(({ role, userId, path }) => person(role, userId, path)),
)
const anyMove = fc.record(
  {
    move: fc.constantFrom(...MOVES),
    reason: fc.constantFrom('', 'why'),
    toSeverity: fc.constantFrom<Severity>(1, 2, 3, 4),
    caseId: fc.constant('7'),
  },
  { requiredKeys: ['move', 'reason'] },
)
const anyLife = fc.array(fc.tuple(anyMove, anyActor, fc.integer({ min: 0, max: 30 * HOUR })), { maxLength: 40 })
const anyStart = fc.record({ kind: fc.constantFrom('risk' as const, 'abnormal' as const), severity: fc.constantFrom<Severity>(1, 2, 3, 4) })

describe('any sequence of moves', () => {
  test.prop([anyStart, anyLife], { numRuns: 400 })('stays inside the table', (start, life) => {
    let alert: Alert = { ...ALERT, ...start }
    let at = T
    for (const [request, actor, after] of life) {
      at += after
      const result = transition(alert, request as MoveRequest, actor, at)
      if (!result.ok) continue
      expect(ALERT_STATES).toContain(result.to)
      expect(TRANSITIONS[request.move].from[alert.state], `${request.move} from ${alert.state}`).toBeDefined()
      expect(result.alert.version).toBe(request.move === 'note' ? alert.version : alert.version + 1)
      // Ended alerts stay where they are, save that the resolved are closed or reopened.
      if (alert.endedAt !== null) expect(['note', 'close', 'reopen_alert', 'retract']).toContain(request.move)
      expect(result.alert.endedAt === null).toBe(LIVE_ALERT_STATES.includes(result.to))
      // Orange and red cases only fall by consent of a person.
      if (alert.kind === 'risk' && alert.severity >= 3 && result.alert.severity < alert.severity) expect(request.move).toBe('approve_downgrade')
      if (result.alert.ackedSeverity !== null) expect(result.alert.ackedSeverity).toBeLessThanOrEqual(result.alert.severity)
      expect(result.alert.state).toBe(result.to)
      alert = result.alert
    }
  })

  test.prop([anyStart, anyLife, anyActor], { numRuns: 200 })(
    'is offered truthfully: an offered move is accepted, another is refused',
    (start, life, viewer) => {
      let alert: Alert = { ...ALERT, ...start }
      for (const [request, actor] of life) {
        const result = transition(alert, request as MoveRequest, actor, T + HOUR)
        if (result.ok) alert = result.alert
      }
      const offered = allowedMoves(alert, viewer, T + HOUR)
      for (const move of MOVES) {
        const to = move === 'upgrade' ? { toSeverity: Math.min(4, alert.severity + 1) as Severity } : {}
        expect(transition(alert, { move, reason: 'x', ...to }, viewer, T + HOUR).ok, move).toBe(offered.includes(move))
      }
    },
  )
})
