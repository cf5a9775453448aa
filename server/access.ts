import type { FastifyInstance } from 'fastify'
import { may, scopeOf, type Action } from '../core/domain/access.ts'
import type { RegionNode, Scope } from '../core/domain/region.ts'
import type { Role } from '../core/domain/vocabulary.ts'

interface Placed {
  readonly region: RegionNode
  /** The whole subtree of the region. */
  readonly scope: Scope
}

/** A person with a session. */
export interface UserPrincipal extends Placed {
  readonly kind: 'user'
  readonly id: string
  readonly login: string
  readonly name: string
  readonly role: Role
  readonly isDemo: boolean
  readonly sidHash: string
}

/** An integrator's key. */
export interface KeyPrincipal extends Placed {
  readonly kind: 'api_key'
  readonly id: string
  readonly name: string
}

/** A paired wall. */
export interface WallPrincipal extends Placed {
  readonly kind: 'wall'
  readonly id: string
  readonly name: string
}

/** Who is calling. */
export type Principal = UserPrincipal | KeyPrincipal | WallPrincipal

/** Who may call a route at all. Where he may look is decided by his scope, which every store read takes. */
export interface Access {
  /** No identity is needed; one that is given is not looked at. */
  readonly anybody?: true
  /** Persons whose role allows the action; `signed_in`: every person. */
  readonly user?: Action | 'signed_in'
  readonly apiKey?: true
  readonly wall?: true
}

/** For pages, health and documentation. */
export const ANYBODY: Access = { anybody: true }

/** Whether this identity may call a route of that access. */
export function isAllowed(access: Access, principal: Principal): boolean {
  if (principal.kind === 'api_key') return access.apiKey === true
  if (principal.kind === 'wall') return access.wall === true
  return access.user !== undefined && (access.user === 'signed_in' || may(principal.role, access.user))
}

/** Whether this identity may see single alerts (domain.md 2.4: executives and administrators see figures only). */
export const seesAlerts = (principal: Principal): boolean => principal.kind === 'wall' || (principal.kind === 'user' && may(principal.role, 'see_alerts'))

/** Who did it, as the audit log names him. */
export function actorOf(principal: Principal): string {
  if (principal.kind === 'user') return principal.login
  return `${principal.kind === 'wall' ? 'wall' : 'key'}:${principal.name}`
}

/** A region as a place to stand. */
export const placed = (region: RegionNode): Placed => ({ region, scope: scopeOf(region) })

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says who may call it. */
    access?: Access
  }
}

/** The folder under which a plugin adds routes of its own: the API's description, open to anybody. */
export const DOCS = '/api/docs'

/** A route as it was registered. */
export interface DeclaredRoute {
  readonly method: string
  readonly url: string
  readonly access: Access
}

/** From here on a route that does not say who may call it cannot be registered. Returns the list that the routes enter themselves into. */
export function requireAccess(app: FastifyInstance): readonly DeclaredRoute[] {
  const declared: DeclaredRoute[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    if (url.startsWith(DOCS)) return
    const access = config?.access
    if (access === undefined) throw new Error(`the route ${String(method)} ${url} does not say who may call it: config.access is missing`)
    for (const one of [method].flat()) if (one !== 'HEAD') declared.push({ method: one, url, access })
  })
  return declared
}
