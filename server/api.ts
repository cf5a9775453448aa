import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify'
import type { Engine } from '../core/engine/context.ts'
import type { Clock } from '../core/platform/clock.ts'
import { isWithin, type RegionNode } from '../core/domain/region.ts'
import { recordAudit } from '../core/store/audit-store.ts'
import type { Sql } from '../core/platform/database.ts'
import { actorOf, type Principal, type UserPrincipal } from './access.ts'
import { refusals } from './errors.ts'
import type { Identity } from './identity.ts'

/** The application as routes see it: handlers are typed by their schemas. */
export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>

/** What routes stand on. */
export interface ApiDeps {
  readonly engine: Engine
  readonly clock: Clock
  readonly identity: Identity
  /** Tells the sockets that a session, person or wall may have lost its rights, so that they look at once. */
  readonly recheck: () => void
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; null on routes that anybody may call. */
    principal: Principal | null
  }
}

/** Who is calling, on a route that is not open to anybody. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw refusals.notSignedIn()
  return request.principal
}

/** The person calling, on a route for persons. */
export function userOf(request: FastifyRequest): UserPrincipal {
  const principal = principalOf(request)
  if (principal.kind !== 'user') throw refusals.notAllowed()
  return principal
}

/** The region of that code if it lies in the caller's scope; an unknown one and one elsewhere answer alike. */
export function regionInScope(engine: Engine, principal: Principal, code: string): RegionNode {
  const node = engine.tree.get(code)
  if (node === undefined || !isWithin(node.path, principal.scope.path)) throw refusals.noRegion()
  return node
}

/** Writes down an act of the caller in the audit log. */
export async function audit(sql: Sql, request: FastifyRequest, clock: Clock, act: { action: string; subject: string; regionPath?: string; detail?: Record<string, unknown> }): Promise<void> {
  const principal = principalOf(request)
  await recordAudit(sql, {
    at: clock.now(), actor: actorOf(principal), action: act.action, subject: act.subject,
    regionPath: act.regionPath ?? principal.region.path, detail: { ...act.detail, requestId: request.id },
  })
}
