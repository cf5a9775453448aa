import webPush from 'web-push'
import { isUrgent } from '../../core/domain/notification/send-limit.ts'
import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import { HOUR, type Instant, SECOND } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { type Browser, openBrowsers, openPushKeys } from '../../core/engine/web-push.ts'
import { ackToken } from '../../core/platform/ack-token.ts'
import { isPushEndpoint, PUSH_HOSTS } from '../../core/platform/push-endpoint.ts'
import { removePush } from '../../core/store/push-store.ts'
import type { Channel, ChannelContext, Delivery } from './channel.ts'
import { callHttp, judgeStatus } from './http-call.ts'

const TIMEOUT_MS = 8_000
/** A page that no browser has fetched by then is of no use. */
const TTL = HOUR / SECOND
const GONE = { zh: '推送服务称此订阅已失效', en: 'the push service says that the subscription is gone' }
const rejected = (zh: string, en: string): Attempt => ({ kind: 'rejected', detail: { zh, en } })
const NOT_ALLOWED = rejected('推送地址不在允许范围（TOCSIN_PUSH_HOSTS）', 'the address of the push is not allowed (TOCSIN_PUSH_HOSTS)')

/** What a browser is told, encrypted for it alone: what a message says (domain.md 7.3), and the link that acknowledges as its person. */
function payloadOf(engine: Engine, { deliveryId, payload }: Delivery): string {
  const { textZh, textEn } = payload as { textZh: string; textEn: string }
  const token = ackToken(engine.secret, deliveryId)
  return JSON.stringify({ zh: textZh, en: textEn, tag: deliveryId, token, link: `/ack/${token}` })
}

/** The same for a repeat: the push service keeps one of them for a browser that is away (RFC 8030 5.4). */
const topicOf = (deliveryId: string): string => Buffer.from(deliveryId.replaceAll('-', ''), 'hex').toString('base64url')

/** Whom push services may ask; where the deployment's own address is none, it is said so. */
const subjectOf = ({ publicUrl }: ChannelContext): string => (publicUrl?.startsWith('https://') === true ? publicUrl : 'mailto:tocsin@localhost')

interface Sending {
  readonly delivery: Delivery
  readonly context: ChannelContext
  readonly text: string
  readonly keys: { readonly publicKey: string; readonly privateKey: string }
}

async function push(browser: Browser, { delivery, context, text, keys }: Sending): Promise<Attempt> {
  if (!isPushEndpoint(browser.endpoint, context.pushHosts ?? PUSH_HOSTS)) return NOT_ALLOWED
  const choice = { vapidDetails: { subject: subjectOf(context), ...keys }, TTL, urgency: isUrgent(delivery.severity) ? 'high' : 'normal', topic: topicOf(delivery.deliveryId) } as const
  let request: ReturnType<typeof webPush.generateRequestDetails>
  try {
    request = webPush.generateRequestDetails(browser, text, choice)
  } catch {
    return rejected('浏览器密钥无效', 'the keys of the browser are not valid')
  }
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
  return callHttp({ url: browser.endpoint, ...(request.body === null ? {} : { body: request.body }), headers, allow: context.webhookAllow, timeoutMs: TIMEOUT_MS }, false, ({ status, retryAfter }) =>
    status === 404 || status === 410 ? { kind: 'rejected', detail: GONE } : judgeStatus(status, retryAfter),
  )
}

/** What became of all browsers together: one that took it is enough; else what still has hope. */
function together(attempts: readonly Attempt[]): Attempt {
  const first = (kind: Attempt['kind']) => attempts.find((attempt) => attempt.kind === kind)
  return first('accepted') ?? first('unclear') ?? first('not_now') ?? first('not_reached') ?? attempts[0] ?? rejected('本人没有登记浏览器', 'the person has registered no browser')
}

async function pushAll(engine: Engine, browsers: readonly (Browser & { readonly id: string })[], sending: Sending, at: Instant): Promise<Attempt> {
  const attempts = await Promise.all(browsers.map((browser) => push(browser, sending)))
  for (const [index, attempt] of attempts.entries()) {
    const browser = browsers[index]
    // A browser that is gone is never called again; its person sees why. That it could not be noted is no reason to say that nobody was told.
    if (attempt.detail === GONE && browser !== undefined) await removePush(engine.pool, browser.id, null, 'gone', at).catch(() => undefined)
  }
  return together(attempts)
}

/**
 * The page in the application, shown by a browser that has it closed: to every browser that the person registered. Showing it is confirmed by the browser itself. A
 * repeat has the same tag and topic, so that it takes the place of the first.
 */
export const webPushChannel: Channel = {
  name: 'web_push',
  nameZh: '浏览器推送',
  nameEn: 'Web push',
  isIdempotent: true,
  isQueryable: false,
  receipts: 'client',
  limits: { timeoutMs: TIMEOUT_MS, perTarget: 2 },
  async prepare(engine, delivery, context) {
    const keys = await openPushKeys(engine, engine.pool)
    if (keys === null) return rejected('推送密钥无法解开（部署密钥是否换过？）', "the keys of pushes do not open (was the deployment's secret changed?)")
    const browsers = await openBrowsers(engine, engine.pool, delivery.target)
    if (browsers.length === 0) return together([])
    const sending = { delivery, context, text: payloadOf(engine, delivery), keys }
    return (at) => pushAll(engine, browsers, sending, at)
  },
}
