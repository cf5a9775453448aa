import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../core/platform/clock.ts'
import { mailServer } from '../support/mail-server.ts'
import type { Arrival, Together } from './checker.ts'

/** A provider: a real HTTP listener and a real mail server that write down every call and break off as many as they are told to, without an answer. */
export interface Listener {
  readonly url: string
  readonly mailUrl: string
  readonly arrivals: Arrival[]
  /** Messages that say several alerts. */
  readonly together: Together[]
  hangUps: number
  /** Which storm is on: a message that says several names none of them. */
  storm: number
  close: () => void
}

/** The value of one header of a mail; undefined where it has none of that name. */
const header = (mail: string, name: string): string | undefined => new RegExp(`^${name}: (.*)\\r?$`, 'im').exec(mail)?.[1]

function hearMail(listener: Listener, mail: string, at: number): void {
  const deliveryId = header(mail, 'message-id') ?? ''
  const isMarked = header(mail, 'x-tocsin-repeat') === 'yes'
  const alerts = header(mail, 'x-tocsin-alerts')
  if (alerts !== undefined) listener.together.push({ at, deliveryId, storm: listener.storm, alerts: Number(alerts), isMarked })
  else listener.arrivals.push({ at, deliveryId, ruleId: header(mail, 'x-tocsin-rule') ?? '', step: Number(header(mail, 'x-tocsin-step')), isMarked })
}

async function httpServer(listener: Listener, answers: () => boolean): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = http.createServer((request, response) => {
    const at = systemClock.now()
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { deliveryId: string; ruleId: string; step: number; repeated?: boolean }
      listener.arrivals.push({ at, deliveryId: body.deliveryId, ruleId: body.ruleId, step: body.step, isMarked: body.repeated === true })
      if (answers()) response.writeHead(204).end()
      else response.socket?.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close }
}

export async function listen(): Promise<Listener> {
  const urls = { url: '', mailUrl: '' }
  const listener: Listener = Object.assign(urls, { arrivals: [], together: [], hangUps: 0, storm: 0, close: () => undefined })
  const answers = () => {
    if (listener.hangUps === 0) return true
    listener.hangUps -= 1
    return false
  }
  const web = await httpServer(listener, answers)
  const mail = await mailServer({
    take: ({ text }) => {
      hearMail(listener, text, systemClock.now())
      return answers() ? 'answer' : 'break off'
    },
  })
  urls.url = web.url
  urls.mailUrl = mail.url
  listener.close = () => {
    web.close()
    mail.close()
  }
  return listener
}
