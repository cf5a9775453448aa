import type { AddressInfo, Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface Mail {
  readonly to: readonly string[]
  readonly text: string
  readonly user: string | undefined
}

/** What a mail server does: breaking off ends the connection without a word. */
export interface MailManners {
  /** Whether who logs in is let in; left out: no login is offered. */
  readonly letsIn?: (password: string | null | undefined) => boolean | Promise<boolean>
  /** What it says to a recipient; null: takes it. */
  readonly recipient?: (to: string) => Error | null | 'break off'
  /** Takes one mail whole, and answers or breaks off. */
  readonly take: (mail: Mail) => 'answer' | 'break off'
}

/** A real SMTP server on a port of this machine. */
export async function mailServer({ letsIn, recipient = () => null, take }: MailManners): Promise<{ readonly url: string; readonly close: () => void }> {
  const sockets = new Map<number, Socket>()
  const breakOff = (port: number) => sockets.get(port)?.destroy()
  const server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    authOptional: letsIn === undefined,
    disabledCommands: letsIn === undefined ? ['AUTH'] : [],
    onAuth: ({ username, password }, _, callback) => {
      void Promise.resolve(letsIn?.(password)).then((isIn) => (isIn === true ? callback(null, { user: username }) : callback(new Error('no such login'))))
    },
    onRcptTo: ({ address }, { remotePort }, callback) => {
      const answer = recipient(address)
      if (answer === 'break off') breakOff(remotePort)
      else callback(answer)
    },
    onData: (stream, { envelope, user, remotePort }, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const answer = take({ to: envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString('utf8'), user })
        if (answer === 'break off') breakOff(remotePort)
        else callback()
      })
    },
  })
  // Who calls may be killed in the middle of a word.
  server.on('error', () => undefined)
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0
    sockets.set(port, socket)
    socket.once('close', () => sockets.delete(port))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.close(() => undefined)
    for (const socket of sockets.values()) socket.destroy()
  }
  return { url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`, close }
}
