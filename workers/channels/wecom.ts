import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import { judgeChat, withQuery } from './chat-answer.ts'
import { callHttp, type HttpAnswer } from './http-call.ts'
import { inBoth, inShort, type Line, personChannel, type Words } from './person-channel.ts'

const CODES = { fields: ['errcode'], later: { 45009: 60_000, 45033: 10_000, [-1]: 0 } }
/** The token that was given out is no longer taken. */
const STALE_TOKENS = new Set(['errcode 40014', 'errcode 42001'])
/** Tokens last 7200 s; fetched anew well before. */
const TOKEN_KEPT = 6_000_000

/** What the application goes in by, by provider and secret; forgotten with the process. */
const tokens = new Map<string, { readonly token: string; readonly until: number }>()

const rootOf = (url: string): string => url.replace(/\/$/, '')

const parsed = (answer: HttpAnswer): Record<string, unknown> => {
  try {
    return JSON.parse(answer.text) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** The access token of an application, or why there is none. */
async function accessToken({ provider, secret, allow, timeoutMs }: Line, at: number): Promise<string | Attempt> {
  const key = `${provider.id} ${secret}`
  const kept = tokens.get(key)
  if (kept !== undefined && kept.until > at && kept.until <= at + TOKEN_KEPT) return kept.token
  let token = ''
  const url = withQuery(`${rootOf(provider.url)}/gettoken`, { corpid: provider.account, corpsecret: secret })
  const attempt = await callHttp({ url, method: 'GET', allow, timeoutMs: timeoutMs / 2 }, true, (answer) => {
    const given = parsed(answer)['access_token']
    if (typeof given === 'string') token = given
    return judgeChat(answer, CODES)
  })
  // Asking for a token tells nobody anything: a lost answer is no lost page.
  if (attempt.kind === 'unclear') return { kind: 'not_reached', detail: attempt.detail }
  if (attempt.kind !== 'accepted') return attempt
  tokens.set(key, { token, until: at + TOKEN_KEPT })
  return token
}

/** An unknown member is named in an answer that says 0. */
function judgeApp(answer: HttpAnswer): Attempt {
  const attempt = judgeChat(answer, CODES)
  const { invaliduser } = parsed(answer)
  if (attempt.kind !== 'accepted' || typeof invaliduser !== 'string' || invaliduser === '') return attempt
  return { kind: 'rejected', detail: { zh: '平台上没有此成员', en: 'the platform does not know the member' } }
}

/** A card with the button that acknowledges, where the platform calls back; else one that only opens the link. */
function cardOf(words: Words): Record<string, unknown> {
  const { answer, deliveryId, isRepeat, link, en } = words
  const text = inShort(words)
  if (answer === null) return { msgtype: 'textcard', textcard: { title: text.slice(0, 40), description: `${text}\n${en}`, url: link, btntxt: '查看 Open' } }
  return {
    msgtype: 'template_card',
    template_card: {
      card_type: 'button_interaction',
      main_title: { title: text.slice(0, 36) },
      sub_title_text: `${text}\n${en}`,
      // A path alone is no address for the platform.
      ...(URL.canParse(link) ? { card_action: { type: 1, url: link } } : {}),
      // The platform takes an id once: a repeat, which says that it is one, needs its own.
      task_id: isRepeat ? `${deliveryId}-2` : deliveryId,
      button_list: [{ text: '确认 Acknowledge', style: 1, key: answer.token }],
    },
  }
}

async function sendCard({ provider, to, allow, timeoutMs, secret }: Line, words: Words, token: string): Promise<Attempt> {
  const body = JSON.stringify({
    touser: to,
    agentid: Number(provider.sender),
    ...cardOf(words),
    // The platform drops a second message of the same content within this time.
    enable_duplicate_check: 1,
    duplicate_check_interval: 1_800,
  })
  const url = withQuery(`${rootOf(provider.url)}/message/send`, { access_token: token })
  const attempt = await callHttp({ url, body, allow, timeoutMs: timeoutMs / 2 }, true, judgeApp)
  if (!STALE_TOKENS.has(attempt.detail.en)) return attempt
  tokens.delete(`${provider.id} ${secret}`)
  return { kind: 'not_now', detail: attempt.detail }
}

function callRobot({ provider, token, to, allow, timeoutMs }: Line, words: Words): Promise<Attempt> {
  const body = JSON.stringify({ msgtype: 'text', text: { content: inBoth(words), mentioned_list: [to] } })
  return callHttp({ url: withQuery(provider.url, { key: token }), body, allow, timeoutMs }, true, (answer) => judgeChat(answer, CODES))
}

/** WeCom: an application's card to the person, or a group robot that names him. The platform discards silently above its limits: acceptance is no delivery. */
export const wecom = personChannel({
  name: 'wecom',
  nameZh: '企业微信',
  nameEn: 'WeCom',
  isIdempotent: false,
  isQueryable: false,
  receipts: 'none',
  limits: { timeoutMs: 8_000, perTarget: 2 },
  // An application goes in by a token: fetched before the last look, so that an answer that comes meanwhile is not overtaken.
  dial: async (line, words, at) => {
    if (line.provider.kind !== 'wecom_app') return () => callRobot(line, words)
    const token = await accessToken(line, at)
    return typeof token === 'string' ? () => sendCard(line, words, token) : token
  },
})
