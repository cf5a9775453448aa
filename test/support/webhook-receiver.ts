import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request as it arrived. */
export interface Received {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
  /** The same before it was read as text. */
  readonly raw: Buffer
}

export type Answer = (request: Received, response: http.ServerResponse) => void

/** A real HTTP server on a port of its own that records what it gets; ends with the test. */
export interface Receiver {
  readonly port: number
  readonly received: Received[]
  readonly urlOf: (path: string) => string
  /** How to answer from now on; 204 at first. */
  answer: Answer
  /** Stops listening and breaks off what is open: the port answers nobody any more. */
  readonly close: (done: () => void) => void
}

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(code, headers).end()
/** Takes the request and breaks the connection off without an answer. */
export const hangUp: Answer = (_, response) => void response.socket?.destroy()

export async function webhookReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = {
        at: performance.now(),
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        raw: Buffer.concat(chunks),
      }
      received.push(one)
      receiver.answer(one, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    port,
    received,
    urlOf: (path) => `http://127.0.0.1:${port}${path}`,
    answer: status(204),
    close: (done) => {
      server.close(done)
      server.closeAllConnections()
    },
  }
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return receiver
}
