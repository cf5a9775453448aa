import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../core/platform/clock.ts'
import type { Arrival } from './checker.ts'

/** A provider: a real HTTP listener that writes down every call and breaks off as many as it is told to, without an answer. */
export interface Listener {
  readonly url: string
  readonly arrivals: Arrival[]
  hangUps: number
  close(): void
}

export async function listen(): Promise<Listener> {
  const arrivals: Arrival[] = []
  const server = http.createServer((request, response) => {
    const at = systemClock.now()
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { deliveryId: string; ruleId: string; step: number; repeated?: boolean }
      arrivals.push({ at, deliveryId: body.deliveryId, ruleId: body.ruleId, step: body.step, isMarked: body.repeated === true })
      if (listener.hangUps > 0) {
        listener.hangUps -= 1
        response.socket?.destroy()
      } else response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const listener: Listener = {
    url: `http://127.0.0.1:${port}/`,
    arrivals,
    hangUps: 0,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
  return listener
}
