import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { UserBody, UserRow } from '../../core/contract/access.ts'
import { hashPassword } from '../../core/engine/password.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { settleVacancy } from '../../core/engine/roster-gaps.ts'
import { touchAllRosters } from '../../core/store/roster-store.ts'
import { deleteSessionsOfUser } from '../../core/store/session-store.ts'
import { changePassword, disableUser, enableUser, insertUsers, loadUsers } from '../../core/store/user-store.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'

const config = { access: { user: 'manage_users' } } as const
const params = Type.Object({ id: Uuid })
const tags = ['access']

/** Accounts of the caller's subtree. */
export function userRoutes(api: Api, { engine, clock, recheck }: ApiDeps): void {
  const { pool } = engine

  api.get('/users', {
    config,
    schema: { tags, summary: '账户列表 / Accounts', response: answers({ 200: Type.Object({ items: Type.Array(UserRow) }) }, 401, 403) },
  }, async (request) => ({ items: await loadUsers(pool, principalOf(request).scope) }))

  api.post('/users', {
    config,
    schema: { tags, summary: '新建账户 / Make an account', body: UserBody, response: answers({ 201: UserRow }, 400, 401, 403, 404, 409) },
  }, async (request, reply) => {
    const { password, ...given } = request.body
    const region = regionInScope(engine, principalOf(request), given.regionCode)
    const user = { ...given, id: randomUUID(), isDemo: false }
    const passwordHash = await hashPassword(password)
    await inTransaction(pool, async (tx) => {
      const made = await insertUsers(tx, [{ ...user, passwordHash }], clock.now())
      if (made.length === 0) throw new Refusal(409, 'login_taken', '用户名已被占用', 'The login is taken', { field: 'login' })
      await settleVacancy(tx, user, clock.now())
      await audit(tx, request, clock, { action: 'user_made', subject: user.login, regionPath: region.path, detail: { id: user.id, role: user.role } })
    })
    return reply.code(201).send({ ...user, disabledAt: null })
  })

  api.post('/users/:id/disable', {
    config,
    schema: {
      tags, summary: '停用账户 / Disable an account', description: '其会话与长连接随即失效。 / Its sessions and sockets end at once.',
      params, response: answers({ 200: UserRow }, 401, 403, 404, 409),
    },
  }, async (request) => {
    if (request.params.id === userOf(request).id) throw new Refusal(409, 'own_account', '不能停用自己的账户', 'Nobody disables his own account')
    const row = await inTransaction(pool, async (tx) => {
      const user = await disableUser(tx, principalOf(request).scope, request.params.id, clock.now())
      if (user === null) throw refusals.notFound()
      await deleteSessionsOfUser(tx, user.id)
      await touchAllRosters(tx, clock.now())
      await audit(tx, request, clock, { action: 'user_disabled', subject: user.login, detail: { id: user.id } })
      return user
    })
    recheck()
    return row
  })

  api.post('/users/:id/enable', {
    config,
    schema: { tags, summary: '恢复账户 / Enable an account', params, response: answers({ 200: UserRow }, 401, 403, 404) },
  }, async (request) => inTransaction(pool, async (tx) => {
    const user = await enableUser(tx, principalOf(request).scope, request.params.id)
    if (user === null) throw refusals.notFound()
    await touchAllRosters(tx, clock.now())
    await settleVacancy(tx, user, clock.now())
    await audit(tx, request, clock, { action: 'user_enabled', subject: user.login, detail: { id: user.id } })
    return user
  }))

  api.post('/users/:id/password', {
    config,
    schema: {
      tags, summary: '重置密码 / Reset a password', description: '其会话随即失效。 / Its sessions end at once.', params,
      body: Type.Object({ password: UserBody.properties.password }, { additionalProperties: false }), response: answers({ 200: UserRow }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const passwordHash = await hashPassword(request.body.password)
    const row = await inTransaction(pool, async (tx) => {
      const user = await changePassword(tx, principalOf(request).scope, request.params.id, passwordHash)
      if (user === null) throw refusals.notFound()
      await deleteSessionsOfUser(tx, user.id)
      await audit(tx, request, clock, { action: 'password_reset', subject: user.login, detail: { id: user.id } })
      return user
    })
    recheck()
    return row
  })
}
