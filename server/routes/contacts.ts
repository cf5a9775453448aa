import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { ContactsBody, ContactsRow } from '../../core/contract/channels.ts'
import { CONTACT_KINDS, type Contacts, maskContact, unfitContacts } from '../../core/domain/notification/contact.ts'
import { openContacts, sealContacts } from '../../core/engine/contacts.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { lockContact, saveContact, type StoredContact } from '../../core/store/contact-store.ts'
import { touchRostersNaming } from '../../core/store/roster-store.ts'
import { audit, principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'

const tags = ['access']
const NAMES = {
  mobile: { zh: '手机号', en: 'mobile number', expected: '13900000000' },
  email: { zh: '邮箱', en: 'e-mail address', expected: 'name@host' },
  wecom: { zh: '企业微信账号', en: 'WeCom account', expected: 'A-Z a-z 0-9 _ . @ -' },
  dingtalk: { zh: '钉钉账号', en: 'DingTalk account', expected: 'A-Z a-z 0-9 _ . @ : $ -' },
  feishu: { zh: '飞书账号', en: 'Feishu account', expected: 'A-Z a-z 0-9 _ . @ -' },
} as const
const description = '只给出掩码。 / Given masked only.'
const changed = '未给出的保持不变，null 为删除；加密保存，只给出掩码。 / What is left out stays, null takes it away; kept sealed, given masked only.'

function masked(contacts: Contacts, stored: StoredContact | null): ContactsRow {
  const shown = CONTACT_KINDS.map((kind) => [kind, contacts[kind] === undefined ? null : maskContact(kind, contacts[kind])])
  return { masked: Object.fromEntries(shown), preferredIm: stored?.preferredIm ?? null, updatedAt: stored?.updatedAt ?? null }
}

/** What stands after a change. @throws Refusal naming the field that cannot be a contact of its kind */
function merged(before: Contacts, body: ContactsBody): Contacts {
  const after = Object.fromEntries(
    CONTACT_KINDS.map((kind) => [kind, body[kind] === undefined ? before[kind] : body[kind]?.trim()]).filter(([, value]) => value !== undefined && value !== null),
  ) as Contacts
  const [unfit] = unfitContacts(after)
  if (unfit === undefined) return after
  const { zh, en, expected } = NAMES[unfit]
  throw new Refusal(400, 'bad_contact', `${zh}格式不对`, `Not a ${en}`, { field: unfit, expected, mend: `应如 ${expected} / As in ${expected}` })
}

/** How people are reached: their own, and those of a subtree for its administrators. */
export function contactRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const { pool, secret } = engine

  const read = (request: FastifyRequest, userId: string) => inTransaction(pool, async (tx) => {
    const found = await lockContact(tx, principalOf(request).scope, userId)
    if (found === undefined) throw refusals.notFound()
    return masked(found.contact === null ? {} : openContacts(secret, found.contact), found.contact)
  })

  const write = (request: FastifyRequest, userId: string, body: ContactsBody) => inTransaction(pool, async (tx) => {
    const found = await lockContact(tx, principalOf(request).scope, userId)
    if (found === undefined) throw refusals.notFound()
    const contacts = merged(found.contact === null ? {} : openContacts(secret, found.contact), body)
    const preferredIm = body.preferredIm === undefined ? (found.contact?.preferredIm ?? null) : body.preferredIm
    const contact = { userId, sealed: sealContacts(secret, userId, contacts), preferredIm, updatedAt: clock.now() }
    await saveContact(tx, contact)
    // Which were changed, never what to.
    await audit(tx, request, clock, { action: 'contacts_changed', subject: found.login, detail: { id: userId, fields: Object.keys(body) } })
    return masked(contacts, contact)
  })

  const change = async (request: FastifyRequest, userId: string, body: ContactsBody) => {
    const row = await write(request, userId, body)
    // After the commit: whoever writes a roster locks its position first and the person then.
    await touchRostersNaming(pool, userId, clock.now())
    return row
  }

  const own = { access: { user: 'signed_in' } } as const
  api.get('/me/contacts', { config: own, schema: { tags, summary: '我的联系方式 / My contacts', description, response: answers({ 200: ContactsRow }, 401, 403) } }, (request) => read(request, userOf(request).id))
  api.put('/me/contacts', {
    config: own, schema: { tags, summary: '更改我的联系方式 / Change my contacts', description: changed, body: ContactsBody, response: answers({ 200: ContactsRow }, 400, 401, 403) },
  }, (request) => change(request, userOf(request).id, request.body))

  const managed = { access: { user: 'manage_users' } } as const
  const params = Type.Object({ id: Uuid })
  api.get('/users/:id/contacts', {
    config: managed, schema: { tags, summary: '某人的联系方式 / The contacts of a person', description, params, response: answers({ 200: ContactsRow }, 401, 403, 404) },
  }, (request) => read(request, request.params.id))
  api.put('/users/:id/contacts', {
    config: managed, schema: { tags, summary: '更改某人的联系方式 / Change the contacts of a person', description: changed, params, body: ContactsBody, response: answers({ 200: ContactsRow }, 400, 401, 403, 404) },
  }, (request) => change(request, request.params.id, request.body))
}
