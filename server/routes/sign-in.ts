import type {} from '@fastify/csrf-protection'
import { Type } from 'typebox'
import { LoginBody, Me } from '../../core/contract/access.ts'
import { isPassword } from '../../core/engine/password.ts'
import { recordAudit } from '../../core/store/audit-store.ts'
import { type Credentials, loadCredentials } from '../../core/store/user-store.ts'
import { actorOf, ANYBODY } from '../access.ts'
import { audit, principalOf, type Api, type ApiDeps } from '../api.ts'
import { Attempts } from '../attempts.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers } from '../openapi.ts'

const FAILURES_A_MINUTE = 5
const Done = Type.Object({ ok: Type.Literal(true) })

const wrongLogin = () => new Refusal(401, 'wrong_login', '用户名或密码错误', 'Wrong login or password')

/** Login, logout, and who one is. */
export function signInRoutes(api: Api, { engine, clock, recheck }: ApiDeps): void {
  const { pool, tree } = engine
  const attempts = new Attempts(FAILURES_A_MINUTE, () => clock.now())

  /** The account if the password is its own and it is not disabled. Takes as long where there is none. */
  async function rightAccount(given: string, password: string): Promise<Credentials | null> {
    const account = await loadCredentials(pool, given.trim().toLowerCase())
    const isRight = await isPassword(password, account?.passwordHash ?? null)
    if (account !== null && isRight && account.disabledAt === null) return account
    // A login that does not exist is not written down: it may be a password typed into the wrong field.
    if (account !== null) await recordAudit(pool, { at: clock.now(), actor: account.login, action: 'login_failed', subject: account.login, regionPath: account.regionPath, detail: {} })
    return null
  }

  api.post('/login', {
    config: { access: ANYBODY },
    schema: {
      tags: ['access'], summary: '登录 / Log in',
      description: '成功后得到会话 cookie；每个用户名、每个地址每分钟最多 5 次失败。 / Gives a session cookie; at most 5 failures a minute for each login and each address.',
      body: LoginBody, response: answers({ 200: Me }, 401, 429),
    },
  }, async (request, reply) => {
    const keys = [`login ${request.body.login.trim().toLowerCase()}`, `ip ${request.ip}`]
    const wait = await attempts.enter(keys)
    if (wait > 0) throw refusals.tooMany(wait)
    let account: Credentials | null = null
    let hasFailed = true
    try {
      account = await rightAccount(request.body.login, request.body.password)
      hasFailed = account === null
    } finally {
      attempts.leave(keys, hasFailed)
    }
    const region = account === null ? undefined : tree.get(account.regionCode)
    if (account === null || region === undefined) throw wrongLogin()
    // A new id: one that somebody else may have planted is worth nothing.
    await request.session.regenerate()
    request.session.userId = account.id
    const csrfToken = reply.generateCsrf()
    const now = clock.now()
    await recordAudit(pool, { at: now, actor: account.login, action: 'login', subject: account.login, regionPath: account.regionPath, detail: {} })
    return {
      kind: 'user' as const, id: account.id, login: account.login, displayName: account.displayName, role: account.role, isDemo: account.isDemo,
      regionCode: region.code, regionNameZh: region.nameZh, regionNameEn: region.nameEn, csrfToken, serverTime: now,
    }
  })

  api.post('/logout', {
    config: { access: { user: 'signed_in' } },
    schema: { tags: ['access'], summary: '退出 / Log out', response: answers({ 200: Done }, 401, 403) },
  }, async (request, reply) => {
    await audit(pool, request, clock, { action: 'logout', subject: actorOf(principalOf(request)) })
    await request.session.destroy()
    reply.clearCookie('tocsin_session', { path: '/' })
    recheck()
    return { ok: true as const }
  })

  api.get('/me', {
    config: { access: { user: 'signed_in', wall: true } },
    schema: {
      tags: ['access'], summary: '我是谁 / Who am I',
      description: '含区域、角色与 csrfToken。 / With region, role and csrfToken.', response: answers({ 200: Me }, 401, 403),
    },
  }, async (request, reply) => {
    const principal = principalOf(request)
    const { region } = principal
    const isUser = principal.kind === 'user'
    return {
      kind: isUser ? ('user' as const) : ('wall' as const), id: principal.id, login: isUser ? principal.login : null, displayName: principal.name,
      role: isUser ? principal.role : null, isDemo: isUser && principal.isDemo, csrfToken: isUser ? reply.generateCsrf() : null,
      regionCode: region.code, regionNameZh: region.nameZh, regionNameEn: region.nameEn, serverTime: clock.now(),
    }
  })
}
