import { createServer, type IncomingMessage } from 'node:http'
import { answerCanary } from '../core/engine/canary.ts'
import type { Engine } from '../core/engine/context.ts'
import type { Clock } from '../core/platform/clock.ts'

const MOST_BYTES = 4_096
const DELIVERY_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Who receives the pages of canaries: a listener of this process on the loopback. */
export interface FarSide {
  /** What the channel calls ({@link ChannelContext.canaryUrl}). */
  readonly url: string
  close(): Promise<void>
}

async function deliveryIdOf(request: IncomingMessage): Promise<string | null> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > MOST_BYTES) return null
  }
  try {
    const { deliveryId } = JSON.parse(text) as { deliveryId?: unknown }
    return typeof deliveryId === 'string' && DELIVERY_ID.test(deliveryId) ? deliveryId : null
  } catch {
    return null
  }
}

/**
 * Listens on a free port of 127.0.0.1. A page is received with 204 and answered after that, as a person would: by an act of its own. An answer that
 * fails is logged; the canary is then late, which is what it is for.
 */
export async function startFarSide(engine: Engine, clock: Clock): Promise<FarSide> {
  const server = createServer((request, response) => {
    void (async () => {
      const deliveryId = await deliveryIdOf(request)
      response.writeHead(deliveryId === null ? 400 : 204).end()
      if (deliveryId !== null) await answerCanary(engine, clock.now(), deliveryId)
    })().catch((error: unknown) => engine.log.error({ err: error }, 'a canary could not be answered'))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the far side of the canaries does not listen')
  return {
    url: `http://127.0.0.1:${address.port}/canary`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
