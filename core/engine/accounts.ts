import { randomUUID } from 'node:crypto'
import type { RegionTree } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Role } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { recordAudit } from '../store/audit-store.ts'
import { hasUsers, insertFirstUser, insertUsers, takenLogins } from '../store/user-store.ts'
import { hashPassword, randomText } from './password.ts'

/** An account just made, with the password that is shown this once. */
export interface MadeAccount {
  readonly login: string
  readonly password: string
}

/**
 * Makes the account `admin` at the root of the tree when there is no account at all, with the password given or a random one of
 * 20 characters, and returns it once; null when there are accounts already. Of two processes that start together one makes it.
 */
export async function ensureAdmin(sql: Sql, choice: { password?: string | null; now: Instant }): Promise<MadeAccount | null> {
  if (await hasUsers(sql)) return null
  const password = choice.password ?? randomText(20)
  const user = { id: randomUUID(), login: 'admin', displayName: '系统管理员 / Administrator', role: 'admin' as const, isDemo: false }
  const isMade = await insertFirstUser(sql, { ...user, passwordHash: await hashPassword(password) }, choice.now)
  if (!isMade) return null
  await recordAudit(sql, { at: choice.now, actor: 'system', action: 'user_made', subject: 'admin', regionPath: null, detail: { role: 'admin' } })
  return { login: 'admin', password }
}

/** A demo account with its password; its name is the words of its role, never a person's. */
export interface DemoAccount extends MadeAccount {
  readonly displayName: string
  readonly role: Role
  readonly regionCode: string
}

const AT_PROVINCE: readonly { word: string; role: Role; zh: string; en: string }[] = [
  { word: 'agent', role: 'duty_agent', zh: '值班坐席', en: 'duty agent' },
  { word: 'leader', role: 'duty_leader', zh: '值班长', en: 'duty leader' },
  { word: 'manager', role: 'duty_manager', zh: '值班经理', en: 'duty manager' },
  { word: 'director', role: 'province_center_director', zh: '投诉中心主任', en: 'complaint centre director' },
  { word: 'cs', role: 'province_cs_dept', zh: '客服部', en: 'customer service department' },
]

const AT_ROOT: readonly { login: string; role: Role; zh: string; en: string }[] = [
  { login: 'demo-group', role: 'group_ops', zh: '集团运营值班', en: 'group operations duty' },
  { login: 'demo-group-cs', role: 'group_cs_dept', zh: '集团客服部', en: 'group customer service department' },
  { login: 'demo-exec', role: 'exec', zh: '领导', en: 'executive' },
  { login: 'demo-steward', role: 'data_steward', zh: '数据管理员', en: 'data steward' },
  { login: 'demo-auditor', role: 'auditor', zh: '审计', en: 'auditor' },
]

function demoCast(tree: RegionTree): Omit<DemoAccount, 'password'>[] {
  const provinces = tree.all().filter((node) => node.level === 'province')
  return [
    ...AT_ROOT.map(({ login, role, zh, en }) => ({ login, role, regionCode: tree.root.code, displayName: `演示·${zh} / Demo ${en}` })),
    ...provinces.flatMap((node) => AT_PROVINCE.map(({ word, role, zh, en }) => ({
      login: `demo-${word}-${node.code.toLowerCase()}`, role, regionCode: node.code, displayName: `演示·${node.shortZh}${zh} / Demo ${en}`,
    }))),
  ]
}

/**
 * Makes the demo accounts that are missing: the duty roles of every province and of the root. Only for demo mode.
 * Returns those just made with the one random password that they share; the caller keeps it in the data folder.
 */
export async function ensureDemoUsers(sql: Sql, tree: RegionTree, now: Instant): Promise<DemoAccount[]> {
  const cast = demoCast(tree)
  const taken = await takenLogins(sql, cast.map(({ login }) => login))
  const missing = cast.filter(({ login }) => !taken.has(login))
  if (missing.length === 0) return []
  const password = randomText(12)
  // One hash for all: 160 of them would keep the start of the demo waiting for ten seconds.
  const passwordHash = await hashPassword(password)
  const made = new Set(await insertUsers(sql, missing.map((account) => ({ ...account, id: randomUUID(), passwordHash, isDemo: true })), now))
  await recordAudit(sql, { at: now, actor: 'system', action: 'demo_users_made', subject: 'demo', regionPath: tree.root.path, detail: { count: made.size } })
  return missing.filter(({ login }) => made.has(login)).map((account) => ({ ...account, password }))
}
