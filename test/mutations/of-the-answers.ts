import { type Mutation, planted } from './mutation.ts'

const REPLIES = ['test/unit/reply.test.ts', 'test/system/http-replies.test.ts']
const WECOM = ['test/system/wecom-callbacks.test.ts']
const FEISHU = ['test/system/feishu-callbacks.test.ts']
const PUSH = ['test/system/web-push.test.ts']

/** Answers from outside (docs/adr/0037): who may give one, how often, until when, and what a push service may be. */
export const ANSWER_MUTATIONS: readonly Mutation[] = [
  ...planted('core/engine/page-answers.ts', REPLIES, [
    ["if (await isFrom(etx, page, 'mobile', reply.from))", 'if (page.person !== null)', 'a code is taken from every number'],
    ['if (page.createdAt + LINK_LASTS <= etx.now)', 'if (page.createdAt + LINK_LASTS < etx.now)', 'a code lasts to the end of its 24th hour and one instant longer'],
    ["if (page.usedAt !== null) return 'used'", '', 'a code is told that somebody was first when it was used'],
    ["if (card.severity > page.pagedSeverity) return 'changed'", '', 'a code of yellow takes an orange'],
    ['if (earlier !== null) return', 'if (earlier !== null && earlier.outcome === "late") return', 'what the gateway sends again is taken again'],
    ["if ((await takeTokens(etx.tx, [{ name: `reply ${sender}`, limit: REPLIES, reserve: 0 }], now)) !== null)", 'if (sender === "")', 'guesses are listened to without end'],
    ["if (!fromOther && judgeReceipt(page.channel, page.state, 'answered') === 'delivers')", "if (judgeReceipt(page.channel, page.state, 'answered') === 'delivers')", 'a stranger’s reply makes a page delivered'],
  ]),
  ...planted('workers/channels/sms.ts', REPLIES, [['const code = words.answer?.code ?? null', 'const code: string | null = null', 'short messages carry no code']]),
  ...planted('server/routes/replies.ts', REPLIES, [
    ['|| Math.abs(Number(timestamp) * 1_000 - now) > CLOCKS_APART', '', 'a reply may be as old as it likes'],
    ['[messageId, from, text].join', '[messageId, from].join', 'the text of a reply is not signed'],
  ]),
  ...planted('core/platform/wecom-crypto.ts', WECOM, [
    ["&& whole.subarray(end).toString('utf8') === receiver ?", '&& receiver !== "" ?', 'a callback for another corporation is opened'],
    ['return wanted.length === given.length && timingSafeEqual(wanted, given)', 'return wanted.length === given.length', 'any forty letters are a signature'],
    ['[token, timestamp, nonce, encrypted].sort()', '[token, timestamp, nonce, encrypted]', 'the signature is made over an unsorted list'],
  ]),
  ...planted('server/routes/wecom-callbacks.ts', WECOM, [
    ['|| Math.abs(Number(query.timestamp) * 1_000 - clock.now()) > CLOCKS_APART', '', 'a callback may be as old as it likes'],
    ["|| read('AgentID') !== line.agent", '', 'a press in another application counts'],
  ]),
  ...planted('core/engine/page-answers.ts', WECOM, [['if (!(await isFrom(etx, page, provider.channel, press.account)))', 'if (press.account === "")', 'a card is answered by whoever presses it']]),
  ...planted('workers/channels/wecom.ts', WECOM, [['key: answer.token', 'key: deliveryId', 'the button holds what proves nothing']]),
  ...planted('server/routes/feishu-callbacks.ts', FEISHU, [
    ['Math.abs(Number(timestamp) * 1_000 - clock.now()) > CLOCKS_APART || ', '', 'a callback may be as old as it likes'],
    [" || !isSameText(feishuSignature(callbackKey, timestamp, nonce, body), signature)", '', 'a callback need not be signed'],
    ["callbackToken === '' || !isSameText(callbackToken, token)", "callbackToken === ''", 'the verification token is not looked at'],
    ["header['event_type'] !== 'card.action.trigger' || ", '', 'every event is a press'],
  ]),
  ...planted('workers/channels/web-push.ts', PUSH, [
    ['status === 404 || status === 410', 'status === 404', 'a browser that is gone is called for ever'],
    ['if (!isPushEndpoint(browser.endpoint, context.pushHosts ?? PUSH_HOSTS)) return NOT_ALLOWED', '', 'every address is a push service'],
    ["isUrgent(delivery.severity) ? 'high' : 'normal'", "'normal' as string as 'normal'", 'red is as urgent as blue'],
    ['tag: deliveryId, token', 'tag: topicOf(deliveryId) + Math.random(), token', 'a repeat is shown beside the first'],
    ["return first('accepted') ?? first('unclear')", "return first('rejected') ?? first('unclear')", 'one browser that is gone fails the page of all'],
    ['allow: context.webhookAllow', "allow: ['0.0.0.0/0']", 'a push may go inside'],
  ]),
  ...planted('core/engine/web-push.ts', PUSH, [["if (status === 'opened' && page.inAppId !== null)", 'if (page.inAppId !== null)', 'a page that was shown to an empty room stops its chat']]),
  ...planted('core/platform/push-endpoint.ts', PUSH, [['hostname.endsWith(host.slice(1))', 'hostname.endsWith(host.slice(2))', 'evilnotify.windows.com is a push service']]),
]
