import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { ProviderBody, ProviderChange, ProviderRow } from '../../core/contract/channels.ts'
import type { ProviderKind } from '../../core/domain/notification/contact.ts'
import { inTransaction, type Tx } from '../../core/platform/database.ts'
import { seal, unseal } from '../../core/platform/seal.ts'
import { askForTest, loadProviders, lockProvider, saveProvider } from '../../core/store/provider-store.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'

type Change = Static<typeof ProviderChange>

interface Secrets {
  readonly token?: string
  readonly secret?: string
  readonly callbackToken?: string
  readonly callbackKey?: string
}

const config = { access: { user: 'manage_webhooks' } } as const
const tags = ['access']
const params = Type.Object({ id: Uuid })

/** Gateways prove their receipts with it, so that it must not be guessed. */
const LEAST_GATEWAY_SECRET = 16
const NEEDS: Readonly<Record<ProviderKind, readonly ('token' | 'secret' | 'account' | 'sender')[]>> = {
  smtp: ['sender'],
  wecom_robot: ['token'],
  wecom_app: ['account', 'sender', 'secret'],
  dingtalk_robot: ['token'],
  feishu_robot: ['token'],
  feishu_app: ['account', 'secret'],
  sms_gateway: ['secret'],
  voice_gateway: ['secret'],
}

const NAMES = {
  token: { zh: '地址中的 key', en: 'the key of the address' },
  secret: { zh: '签名密钥或密码', en: 'the secret or password' },
  account: { zh: '账号', en: 'the account' },
  sender: { zh: '发送方', en: 'the sender' },
  callbackToken: { zh: '回调 Token', en: 'the token of the callback' },
  callbackKey: { zh: '回调加密密钥', en: 'the key of the callback' },
} as const

const bad = (field: string, zh: string, en: string, expected: string) => new Refusal(400, 'bad_provider', zh, en, { field, expected })

/** Kinds whose answers come back, and what a callback of theirs is proved by. */
const ANSWERS: Readonly<Partial<Record<ProviderKind, readonly ('callbackToken' | 'callbackKey')[]>>> = { sms_gateway: [], wecom_app: ['callbackToken', 'callbackKey'], feishu_app: ['callbackToken', 'callbackKey'] }

/** @throws Refusal where answers cannot come back, or could not be proved */
function checkAnswers(kind: ProviderKind, { takesAnswers }: Pick<Change, 'takesAnswers'>, secrets: Secrets): void {
  if (takesAnswers !== true) return
  const needs = ANSWERS[kind]
  if (needs === undefined) throw bad('takesAnswers', '此类通道没有回复', 'No answers come back by this kind of provider', 'false')
  for (const name of needs) if ((secrets[name] ?? '') === '') throw bad(name, `接收按钮回调必须填写 ${NAMES[name].zh}`, `Callbacks need ${NAMES[name].en}`, 'a text')
  if (kind === 'wecom_app' && !/^[A-Za-z0-9]{43}$/.test(secrets.callbackKey ?? '')) throw bad('callbackKey', 'EncodingAESKey 应为 43 个字母或数字', 'An EncodingAESKey has 43 letters or digits', '[A-Za-z0-9]{43}')
}

/** @throws Refusal naming the field that does not fit the kind */
function check(kind: ProviderKind, given: Change, secrets: Secrets): void {
  const protocols = kind === 'smtp' ? ['smtp:', 'smtps:'] : ['https:', 'http:']
  const url = URL.canParse(given.url) ? new URL(given.url) : null
  if (url === null || url.hostname === '' || !protocols.includes(url.protocol) || url.username !== '' || url.password !== '')
    throw bad('url', '地址不合规，且不得含用户名密码', 'The address does not fit, or holds user and password', kind === 'smtp' ? 'smtp://host:587' : 'https://host/path')
  if (url.search !== '') throw bad('url', '地址中的 key 请填入密钥栏', 'Put the key of the address into the field for it', 'token')
  for (const field of NEEDS[kind]) {
    const value = field === 'token' || field === 'secret' ? secrets[field] : given[field]
    if (value === undefined || value === '') throw bad(field, `此类通道必须填写${NAMES[field].zh}`, `This kind of provider needs ${NAMES[field].en}`, 'a text')
  }
  if (kind.endsWith('_gateway') && (secrets.secret?.length ?? 0) < LEAST_GATEWAY_SECRET) throw bad('secret', '网关密钥至少 16 个字符', 'The secret of a gateway has at least 16 characters', '>= 16')
  checkAnswers(kind, given, secrets)
  if (kind === 'wecom_app' && !/^\d{1,12}$/.test(given.sender)) throw bad('sender', '应填 agentid（数字）', 'The agentid, a number', '1000002')
}

const SECRETS = ['token', 'secret', 'callbackToken', 'callbackKey'] as const
const keys = (given: Secrets): Secrets => Object.fromEntries(SECRETS.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])))

function opened(deploymentSecret: string, id: string, sealed: string): Secrets {
  try {
    return JSON.parse(unseal(deploymentSecret, id, sealed)) as Secrets
  } catch {
    return {}
  }
}

/** A provider of the caller's scope, locked. @throws Refusal 404 */
async function locked(tx: Tx, request: FastifyRequest, id: string) {
  const found = await lockProvider(tx, principalOf(request).scope, id)
  if (found === undefined) throw refusals.notFound()
  return found
}

/** As it is given out. */
const shown = ({ secretsSealed: _sealed, ...row }: Awaited<ReturnType<typeof locked>>): ProviderRow => row

const settingsOf = ({ url, account, sender, perMinute, isEnabled, takesAnswers = false }: Change) => ({ url, account, sender, perMinute, isEnabled, takesAnswers })

function testRoute(api: Api, { engine, clock }: ApiDeps): void {
  api.post('/providers/:id/test', {
    config,
    schema: {
      tags, summary: '给我发一条测试 / Send a test to me', description: '由后台发送，结果见该通道的 proof。 / Sent in the background; the result is the provider’s proof.',
      params, response: answers({ 202: ProviderRow }, 401, 403, 404, 409),
    },
  }, async (request, reply) => {
    const row = await inTransaction(engine.pool, async (tx) => {
      const found = await locked(tx, request, request.params.id)
      if (!found.isEnabled) throw new Refusal(409, 'provider_disabled', '通道已停用，请先启用', 'The provider is disabled: enable it first')
      await askForTest(tx, found.id, userOf(request).id)
      await audit(tx, request, clock, { action: 'provider_tested', subject: found.id, detail: { kind: found.kind } })
      return { ...shown(found), isBeingTested: true }
    })
    engine.ring('notify')
    return reply.code(202).send(row)
  })
}

function changeRoute(api: Api, { engine, clock }: ApiDeps): void {
  api.put('/providers/:id', {
    config,
    schema: {
      tags, summary: '更改通知通道 / Change a provider', description: '未给出的密钥保持不变；更改后须重新测试。 / Secrets that are left out stay; to be tested again afterwards.',
      params, body: ProviderChange, response: answers({ 200: ProviderRow }, 400, 401, 403, 404),
    },
  }, async (request) => inTransaction(engine.pool, async (tx) => {
    const { id, kind, regionCode, secretsSealed } = await locked(tx, request, request.params.id)
    const settings = settingsOf(request.body)
    const secrets = { ...opened(engine.secret, id, secretsSealed), ...keys(request.body) }
    check(kind, settings, secrets)
    await saveProvider(tx, { ...settings, id, kind, regionCode, secretsSealed: seal(engine.secret, id, JSON.stringify(secrets)) }, clock.now())
    const newSecrets = Object.keys(keys(request.body))
    await audit(tx, request, clock, { action: 'provider_changed', subject: id, detail: { kind, host: new URL(settings.url).host, isEnabled: settings.isEnabled, newSecrets } })
    return shown(await locked(tx, request, id))
  }))
}

/** Through whom pages leave the deployment. */
export function providerRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps

  api.get('/providers', {
    config,
    schema: { tags, summary: '通知通道 / Providers of channels', response: answers({ 200: Type.Object({ items: Type.Array(ProviderRow) }) }, 401, 403) },
  }, async (request) => ({ items: await loadProviders(engine.pool, principalOf(request).scope) }))

  api.post('/providers', {
    config,
    schema: {
      tags, summary: '新建通知通道 / Add a provider', description: '密钥加密保存，不再给出。就近区域优先。 / Secrets are kept sealed and never given out. The nearest region’s provider is used first.',
      body: ProviderBody, response: answers({ 201: ProviderRow }, 400, 401, 403, 404),
    },
  }, async (request, reply) => {
    const { kind } = request.body
    const region = regionInScope(engine, principalOf(request), request.body.regionCode)
    const settings = settingsOf(request.body)
    const secrets = keys(request.body)
    check(kind, settings, secrets)
    const id = randomUUID()
    const row = await inTransaction(engine.pool, async (tx) => {
      await saveProvider(tx, { ...settings, id, kind, regionCode: region.code, secretsSealed: seal(engine.secret, id, JSON.stringify(secrets)) }, clock.now())
      await audit(tx, request, clock, { action: 'provider_added', subject: id, regionPath: region.path, detail: { kind, host: new URL(settings.url).host } })
      return shown(await locked(tx, request, id))
    })
    return reply.code(201).send(row)
  })
  changeRoute(api, deps)
  testRoute(api, deps)
}
