import { ENGINE_SCOPE } from '../domain/access.ts'
import type { ContactKind } from '../domain/notification/contact.ts'
import { type Outcome, written } from '../domain/notification/outcome.ts'
import { judgeReceipt } from '../domain/notification/receipt.ts'
import { type AnswerOutcome, codeInReply, comparableNumber, type First, wordsOf } from '../domain/notification/reply.ts'
import type { SendLimit } from '../domain/notification/send-limit.ts'
import { ROLE_NAMES } from '../domain/role-names.ts'
import { clockTime, type Instant, MINUTE } from '../domain/time.ts'
import { deliveryOfToken } from '../platform/ack-token.ts'
import type { Sql } from '../platform/database.ts'
import { eventHash, replyCode, replyCodeHash, type CodedPage, senderHash } from '../platform/reply-code.ts'
import { useLink } from '../store/ack-link-store.ts'
import { loadCardRow } from '../store/alert-card-store.ts'
import { lockAlerts } from '../store/alert-store.ts'
import { loadContacts } from '../store/contact-store.ts'
import { type AnsweredPage, enterAnswer, loadAnsweredPage, loadCodedPages, loadFirst, saveReplyCode, settleAnswer } from '../store/page-answer-store.ts'
import { markDelivered, noteReceipt } from '../store/receipt-store.ts'
import { takeTokens } from '../store/send-limit-store.ts'
import { LINK_LASTS } from './ack-links.ts'
import { moveAlert } from './alert-life.ts'
import { openContacts } from './contacts.ts'
import type { Engine, EngineTx } from './context.ts'
import { inEngineTransaction } from './transaction.ts'

/** What the sender of an answer is told. */
export interface Answered {
  readonly outcome: AnswerOutcome
  readonly said: Outcome
  /** The provider has sent this before: nothing was done anew. */
  readonly isRepeated: boolean
}

/** Replies of one number: thirty at once, one more each minute. Six digits cannot be tried out in the day that a code lasts. */
const REPLIES: SendLimit = { capacity: 30, refillMs: MINUTE }

/** The code of a page, known to {@link takeSmsReply} from here on; null in the rare case that another page of the person has the same one. */
export async function issueReplyCode(engine: Pick<Engine, 'secret'>, sql: Sql, page: CodedPage & { readonly outboxId: string }, at: Instant): Promise<string | null> {
  const code = replyCode(engine.secret, page)
  const { outboxId, userId } = page
  return (await saveReplyCode(sql, { outboxId, userId, codeHash: replyCodeHash(engine.secret, code) }, at)) ? code : null
}

/** Whether a contact of the page's person is the sender: compared by keyed hashes, as the contact stands now. */
async function isFrom(etx: EngineTx, page: AnsweredPage, kind: ContactKind, sender: string): Promise<boolean> {
  if (page.person === null) return false
  const [stored] = await loadContacts(etx.tx, [page.person.userId])
  const own = stored === undefined ? undefined : openContacts(etx.engine.secret, stored)[kind]
  const comparable = (value: string) => (kind === 'mobile' ? comparableNumber(value) : value)
  return own !== undefined && senderHash(etx.engine.secret, comparable(own)) === senderHash(etx.engine.secret, comparable(sender))
}

/** Acknowledges as the page's person, by the transition that every acknowledgement takes, or says why not. The alert is locked first, its page then. */
async function decide(etx: EngineTx, providerId: string, found: AnsweredPage, client: string): Promise<AnswerOutcome> {
  await lockAlerts(etx.tx, [found.alertId])
  const page = await loadAnsweredPage(etx.tx, providerId, found.deliveryId)
  const card = await loadCardRow(etx.tx, ENGINE_SCOPE, found.alertId)
  if (page === undefined || page.person === null || card === undefined) return 'unknown'
  if (page.createdAt + LINK_LASTS <= etx.now) return 'expired'
  if (page.usedAt !== null) return 'used'
  // Who was paged for yellow does not take a red one unseen.
  if (card.severity > page.pagedSeverity) return 'changed'
  const result = await moveAlert(etx, page.alertId, { move: 'ack', reason: '' }, { kind: 'user', ...page.person }, client)
  if (!result.ok) return result.code === 'already_acknowledged' ? 'late' : result.code === 'illegal_move' ? 'over' : 'not_allowed'
  await useLink(etx.tx, page.outboxId, etx.now)
  return 'taken'
}

async function firstOf(etx: EngineTx, alertId: string): Promise<First | null> {
  const first = await loadFirst(etx.tx, alertId)
  if (first === undefined) return null
  const role = ROLE_NAMES[first.role]
  return { position: { zh: `${first.nameZh}${role.zh}`, en: `${role.en} of ${first.nameEn}` }, at: clockTime(first.at, etx.engine.zone) }
}

/** What is to be said, and the answer's trace beside the page: who answers has read it. */
async function conclude(etx: EngineTx, page: AnsweredPage | null, outcome: AnswerOutcome): Promise<Outcome> {
  const said = wordsOf(outcome, outcome === 'late' && page !== null ? await firstOf(etx, page.alertId) : null)
  if (page === null) return said
  const fromOther = outcome === 'wrong_sender'
  if (!fromOther && judgeReceipt(page.channel, page.state, 'answered') === 'delivers') await markDelivered(etx.tx, page.outboxId, 'answered', etx.now)
  const note = fromOther ? { zh: '有他人号码或账号回复此确认码，已拒绝', en: 'an answer from another number or account was refused' } : { zh: `回复：${said.zh}`, en: `answer: ${said.en}` }
  await noteReceipt(etx.tx, page.outboxId, written(note))
  const { regionCode, regionPath, alertId } = page
  etx.feed.add({ topic: 'timeline', regionCode, regionPath, payload: { alertId } })
  return said
}

/** Takes one message or event of a provider once: whatever comes again is answered as before and does nothing. */
function takeOnce(engine: Engine, now: Instant, providerId: string, eventId: string, act: (etx: EngineTx) => Promise<{ page: AnsweredPage | null; outcome: AnswerOutcome }>): Promise<Answered> {
  return inEngineTransaction(engine, now, async (etx) => {
    const hash = eventHash(eventId)
    const earlier = await enterAnswer(etx.tx, providerId, hash, now)
    if (earlier !== null) return { ...earlier, isRepeated: true }
    const { page, outcome } = await act(etx)
    const said = await conclude(etx, page, outcome)
    await settleAnswer(etx.tx, providerId, hash, { outcome, said }, page?.outboxId ?? null)
    return { outcome, said, isRepeated: false }
  })
}

/**
 * Takes the reply to a short message: its code acknowledges as the person to whom the message went, from his number alone, once, within 24 h, at
 * the colour that he was told of (domain.md 7.1, 7.3). Every reply is recorded; late ones are told which position was first.
 */
export function takeSmsReply(engine: Engine, now: Instant, providerId: string, reply: { readonly id: string; readonly from: string; readonly text: string }): Promise<Answered> {
  return takeOnce(engine, now, providerId, reply.id, async (etx) => {
    const sender = senderHash(engine.secret, comparableNumber(reply.from))
    if ((await takeTokens(etx.tx, [{ name: `reply ${sender}`, limit: REPLIES, reserve: 0 }], now)) !== null) return { page: null, outcome: 'too_many' }
    const code = codeInReply(reply.text)
    const pages = code === null ? [] : await loadCodedPages(etx.tx, providerId, replyCodeHash(engine.secret, code))
    for (const page of pages) if (await isFrom(etx, page, 'mobile', reply.from)) return { page, outcome: await decide(etx, providerId, page, 'sms') }
    return { page: pages[0] ?? null, outcome: pages.length === 0 ? 'unknown' : 'wrong_sender' }
  })
}

/** Takes the pressed button of a chat card: `token` proves that we wrote the card, `account` has to be the person's own (domain.md 7.3). */
export function takeCardPress(
  engine: Engine,
  now: Instant,
  provider: { readonly id: string; readonly channel: 'wecom' | 'feishu' | 'dingtalk' },
  press: { readonly eventId: string; readonly token: string; readonly account: string },
): Promise<Answered> {
  return takeOnce(engine, now, provider.id, press.eventId, async (etx) => {
    const deliveryId = deliveryOfToken(engine.secret, press.token)
    const page = deliveryId === null ? undefined : await loadAnsweredPage(etx.tx, provider.id, deliveryId)
    if (page === undefined || page.channel !== provider.channel) return { page: null, outcome: 'unknown' }
    if (!(await isFrom(etx, page, provider.channel, press.account))) return { page, outcome: 'wrong_sender' }
    return { page, outcome: await decide(etx, provider.id, page, provider.channel) }
  })
}
