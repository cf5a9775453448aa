import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'

type Done = (error?: Error | null) => void

/**
 * One conversation with a mail server. It is opened, and logged in, before the last look at the alert: only the envelope and the text are left for after it, for what
 * comes before them may take longer than an acknowledgement may be overtaken (invariant 9). Ends by itself when its time is over.
 */
export class SmtpSession {
  /** Whether anything of a text has been given to the server: it is read only once the server has asked for it. */
  hasBegunToLeave = false
  readonly #connection: SMTPConnection & { readonly allowsAuth?: boolean }
  readonly #broken: Promise<never>
  readonly #limit: NodeJS.Timeout

  constructor(options: SMTPConnection.Options, lastsMs: number) {
    this.#connection = new SMTPConnection(options)
    this.#broken = new Promise((_, reject) => {
      this.#connection.on('error', reject)
      this.#connection.on('end', () => reject(new Error('the connection has ended')))
    })
    this.#broken.catch(() => undefined)
    this.#limit = setTimeout(() => this.close(), lastsMs)
  }

  /** A step of the conversation, or what broke it. */
  #step(work: (done: Done) => void): Promise<unknown> {
    const step = new Promise<void>((resolve, reject) => work((error) => (error == null ? resolve() : reject(error))))
    return Promise.race([step, this.#broken])
  }

  /** @throws what the server said, or what broke the connection. */
  async open(auth: { readonly user: string; readonly pass: string } | null): Promise<void> {
    await this.#step((done) => this.#connection.connect(done))
    // A server that offers no login takes mail without, and is told no password.
    if (auth !== null && this.#connection.allowsAuth) await this.#step((done) => this.#connection.login(auth, done))
  }

  /** Hands one mail over and ends. @throws what the server said, or what broke the connection. */
  async deliver(envelope: SMTPConnection.Envelope, mail: Buffer): Promise<void> {
    const content = new Readable({
      read: () => {
        this.hasBegunToLeave = true
        content.push(mail)
        content.push(null)
      },
    })
    try {
      await this.#step((done) => this.#connection.send(envelope, content, done))
    } catch (error) {
      this.close()
      throw error
    }
    clearTimeout(this.#limit)
    this.#connection.quit()
  }

  close(): void {
    clearTimeout(this.#limit)
    this.#connection.close()
  }
}
