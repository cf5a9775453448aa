import { onTestFinished } from 'vitest'
import { KEYS } from './channel-scene.ts'
import { type Mail, mailServer } from './mail-server.ts'

export interface Mailbox {
  readonly url: string
  readonly mails: Mail[]
  answer: (to: string) => Error | null
  /** What happens before somebody is let in. */
  beforeLogin: () => Promise<unknown>
  /** Where the connection breaks, without a word. */
  breaks: 'at the recipient' | 'after the text' | null
}

/** A real mail server that lets in who knows the secret, keeps what it takes and goes with the test. */
export async function mailbox(): Promise<Mailbox> {
  const mails: Mail[] = []
  const manners: Pick<Mailbox, 'answer' | 'beforeLogin' | 'breaks'> = { answer: () => null, beforeLogin: () => Promise.resolve(), breaks: null }
  const { url, close } = await mailServer({
    letsIn: async (password) => {
      await manners.beforeLogin()
      return password === KEYS.secret
    },
    recipient: (to) => (manners.breaks === 'at the recipient' ? 'break off' : manners.answer(to)),
    take: (mail) => {
      mails.push(mail)
      return manners.breaks === 'after the text' ? 'break off' : 'answer'
    },
  })
  onTestFinished(close)
  return Object.assign(manners, { url, mails })
}
