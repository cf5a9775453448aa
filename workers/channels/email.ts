import dns from 'node:dns/promises'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import { plain } from '../../core/domain/notification/outcome.ts'
import type { Call } from './channel.ts'
import { judgeError } from './http-call.ts'
import { BlockedAddressError, isReachableAddress } from './outbound-guard.ts'
import { inBoth, inShort, type Line, personChannel, type Words } from './person-channel.ts'
import { SmtpSession } from './smtp-session.ts'

const SAYS_LATER = 400
const SAYS_NEVER = 500

interface SmtpFault {
  readonly code?: string
  readonly responseCode?: number
}

/** The server's own word decides; without one, whether the message had begun to leave: a connection that breaks while it is waited for says nothing of the step it broke in. */
function judgeFault(error: unknown, hasBegunToLeave: boolean): Attempt {
  const { responseCode, code } = error as SmtpFault
  if (responseCode !== undefined && responseCode >= SAYS_NEVER) return { kind: 'rejected', detail: plain(`SMTP ${responseCode}`) }
  if (responseCode !== undefined && responseCode >= SAYS_LATER) return { kind: 'not_now', detail: plain(`SMTP ${responseCode}`) }
  if (code === 'EAUTH' || code === 'ENOAUTH') return { kind: 'rejected', detail: { zh: '邮件服务器拒绝登录', en: 'the mail server refused the login' } }
  return judgeError(error, { isConnected: hasBegunToLeave })
}

/** Headers by which rules of a mailbox can sort: x-tocsin-alert, -rule, -colour, -step, or -alerts for a message that says several; x-tocsin-repeat where it may be one. */
const sortedBy = ({ about, isRepeat }: Words): Record<string, string> =>
  Object.fromEntries([...Object.entries(about), ...(isRepeat ? [['repeat', 'yes'] as const] : [])].map(([name, value]) => [`x-tocsin-${name}`, value]))

/** The address to call for a host, checked at the moment of calling (see outbound-guard.ts). @throws BlockedAddressError */
async function reachable(host: string, allow: readonly string[]): Promise<string> {
  const addresses = await dns.lookup(host, { all: true })
  const bad = addresses.find(({ address }) => !isReachableAddress(address, allow))
  if (bad !== undefined) throw new BlockedAddressError(`${host} resolves to ${bad.address}`)
  return addresses[0]?.address ?? host
}

const TAKEN: Attempt = { kind: 'accepted', detail: { zh: '邮件服务器已接收', en: 'accepted by the mail server' } }

async function sessionOf({ provider, allow, timeoutMs }: Line): Promise<SmtpSession> {
  const { hostname, port, protocol } = new URL(provider.url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const isSecure = protocol === 'smtps:'
  const patience = { connectionTimeout: timeoutMs / 2, greetingTimeout: timeoutMs / 2, socketTimeout: timeoutMs / 2 }
  const place = { host: await reachable(host, allow), port: port === '' ? (isSecure ? 465 : 587) : Number(port), secure: isSecure, tls: { servername: host } }
  return new SmtpSession({ ...place, ...patience }, timeoutMs)
}

const mailOf = ({ provider, to }: Line, words: Words, at: number) =>
  new MailComposer({
    from: provider.sender,
    to,
    subject: inShort(words),
    text: inBoth(words),
    date: new Date(at),
    disableFileAccess: true,
    disableUrlAccess: true,
    // The same for a repeat: a mailbox shows it once.
    messageId: `<${words.deliveryId}@tocsin>`,
    headers: { 'auto-submitted': 'auto-generated', ...sortedBy(words) },
  }).compile()

async function dial(line: Line, words: Words): Promise<Call | Attempt> {
  const { provider, secret } = line
  let session: SmtpSession | null = null
  try {
    const opened = await sessionOf(line)
    session = opened
    await opened.open(provider.account === '' ? null : { user: provider.account, pass: secret })
    return async (at) => {
      try {
        const mail = mailOf(line, words, at)
        await opened.deliver(mail.getEnvelope(), await mail.build())
        return TAKEN
      } catch (error) {
        return judgeFault(error, opened.hasBegunToLeave)
      }
    }
  } catch (error) {
    session?.close()
    return judgeFault(error, false)
  }
}

/** A mail through the deployment's server; accepted counts as delivered (domain.md 7.3). */
export const email = personChannel({
  name: 'email',
  nameZh: '电子邮件',
  nameEn: 'E-mail',
  isIdempotent: false,
  isQueryable: false,
  receipts: 'acceptance',
  limits: { timeoutMs: 10_000, perTarget: 2 },
  dial,
})
