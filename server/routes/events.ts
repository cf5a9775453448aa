import type {} from '@fastify/rate-limit'
import { Type } from 'typebox'
import { EventEnvelope, IntakeAnswer } from '../../core/contract/events.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { actorOf, type Principal } from '../access.ts'
import { principalOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal } from '../errors.ts'
import { checkSize, readJson, readLines, unpack, UNPACKED_LIMIT, type EventBody } from '../event-body.ts'
import { answers } from '../openapi.ts'
import { PostLane } from '../post-lane.ts'

function refuseCharset(contentType: string | undefined): void {
  const charset = /charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase()
  if (charset === undefined || charset === 'utf-8' || charset === 'utf8') return
  throw new Refusal(415, 'charset', '只接受 UTF-8', 'Only UTF-8 is taken', { field: 'content-type', expected: 'charset=utf-8', mend: '转换编码后重发 / convert it and send it again' })
}

/** The answer with the reasons of lines that were not even JSON. */
function withBrokenLines(answer: IntakeAnswer, { broken }: EventBody): IntakeAnswer {
  if (broken.size === 0) return answer
  const items = answer.items.map((item) => {
    const why = broken.get(item.index)
    return why === undefined ? item : { ...item, outcome: 'refused' as const, code: 'broken_json', field: 'line', ...why }
  })
  return { ...answer, items }
}

const Events = Type.Unsafe<EventBody>({
  ...Type.Union([Type.Array(EventEnvelope, { minItems: 1 }), EventEnvelope]),
  description: '事件数组、单个事件，或 NDJSON 每行一个事件；逐条校验。 / An array of events, one event, or NDJSON with an event a line; each is checked by itself.',
})

/** Taking events in: 202 only when what was accepted is durable, every refused item named. */
export function eventRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const lanes = new Map<string, PostLane>()
  const laneOf = (principal: Principal): PostLane => {
    const held = lanes.get(principal.id)
    if (held !== undefined) return held
    if (lanes.size > 1_000) for (const [id, lane] of lanes) if (lane.isIdle) lanes.delete(id)
    const lane = new PostLane((items) => acceptEvents(engine, items, { source: actorOf(principal), scope: principal.scope, now: clock.now() }))
    lanes.set(principal.id, lane)
    return lane
  }

  api.removeAllContentTypeParsers()
  const parse = (read: (body: Buffer) => EventBody) => async (request: { headers: { 'content-type'?: string | undefined } }, body: Buffer) => {
    refuseCharset(request.headers['content-type'])
    return checkSize(read(body))
  }
  api.addContentTypeParser('application/json', { parseAs: 'buffer' }, parse(readJson))
  api.addContentTypeParser('application/x-ndjson', { parseAs: 'buffer' }, parse(readLines))

  api.post('/events', {
    // Integrators send a thousand single posts a second from one address; what bounds them is the lane.
    config: { access: { apiKey: true }, rateLimit: { max: 600_000, timeWindow: MINUTE } },
    bodyLimit: UNPACKED_LIMIT,
    preParsing: unpack,
    // Each item is checked by itself, by the same schema (core/engine/intake.ts): one bad item does not refuse the batch.
    validatorCompiler: () => () => true,
    schema: {
      tags: ['events'], summary: '接入事件 / Take events in',
      description: [
        '幂等：同一 (source_system, event_id) 再次发送得 duplicate。可用 gzip；传输 ≤ 10 MB，解压 ≤ 50 MB，≤ 100000 条。被拒的条目入隔离区，其余照常接收。',
        'Idempotent: the same (source_system, event_id) sent again is a duplicate. May be gzip; ≤ 10 MB on the wire, ≤ 50 MB unpacked, ≤ 100000 items. Refused items are quarantined, the others go in.',
      ].join('\n\n'),
      consumes: ['application/json', 'application/x-ndjson'],
      body: Events,
      response: answers({ 202: IntakeAnswer }, 400, 401, 403, 413, 415, 429),
    },
  }, async (request, reply) => {
    const answer = await laneOf(principalOf(request)).post(request.body.items)
    return reply.code(202).send(withBrokenLines(answer, request.body))
  })
}
