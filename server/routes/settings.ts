import { Type } from 'typebox'
import { SettingKind, SettingsAnswer, SettingsChange, SettingsHistory } from '../../core/contract/settings.ts'
import { changeSettings, viewSettings, viewSettingsHistory } from '../../core/engine/plain-settings.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, unfit } from '../errors.ts'
import { answers } from '../openapi.ts'
import { statedReason } from '../stated-reason.ts'
import { mayForAll, requireForAll } from '../whole-tree.ts'

const tags = ['configuration']
const params = Type.Object({ kind: SettingKind })
/** Changes that an audit line names; the version holds all. */
const MOST_AUDITED = 20

function readRoutes(api: Api, deps: ApiDeps): void {
  const { engine } = deps
  api.get('/settings/:kind', {
    config: { access: { user: 'signed_in' } },
    schema: {
      tags, summary: '配置组 / A group of settings',
      description: 'limits 各时限，retention 保存月数，restatement 修订水位与冻结日，dictionary 字典，nearDuplicate 近似文本：最新版本的值、各值的单位与范围（fields）、默认值与最近一次更改。 / Limits of clocks, keeping times, restatement, dictionaries, near-duplicates: the newest values, their units and ranges (fields), the defaults, the last change.',
      params, response: answers({ 200: SettingsAnswer }, 400, 401, 403),
    },
  }, async (request) => viewSettings(engine.pool, request.params.kind, mayForAll(engine, principalOf(request), 'manage_rules')))

  api.get('/settings/:kind/history', {
    config: { access: { user: 'signed_in' } },
    schema: {
      tags, summary: '配置组的历次更改 / The history of a group of settings', description: '由新到旧：版本、何时、何人、为何，何值变为何值；字典按代码列出。 / Newest first: version, when, who, why, and what became what; dictionaries code by code.',
      params, response: answers({ 200: SettingsHistory }, 400, 401, 403),
    },
  }, async (request) => viewSettingsHistory(engine.pool, request.params.kind))
}

/** Limits of clocks, keeping times, restatement, dictionaries and near-duplicates: read, changed by name with a reason, and their history; no customer's data. */
export function settingsRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  readRoutes(api, deps)

  api.put('/settings/:kind', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags, summary: '更改配置组 / Change a group of settings',
      description: '成为该组的新版本，立即生效（时限只对此后受理的工单生效）；限根区域的规则管理者。字典以字段名给出整份代码表。缩短保存月数，下一个夜间即删除超期内容，不可恢复。 / The next version, in force at once (limits for tickets accepted from then on), by people of the root region who keep rules. Of a dictionary a field is given as its whole list of codes. Shorter keeping times delete what is past them the next night, for good.',
      params, body: SettingsChange, response: answers({ 200: SettingsAnswer }, 400, 401, 403, 409),
    },
  }, async (request) => {
    const user = userOf(request)
    requireForAll(engine, user, 'manage_rules', '配置', 'The settings hold')
    const { params: { kind }, body } = request
    const reason = statedReason(body.reason)
    return inTransaction(engine.pool, async (tx) => {
      const changed = await changeSettings(tx, kind, { ...body, reason }, { author: actorOf(user), now: clock.now() })
      if (changed.outcome === 'stale') {
        throw new Refusal(409, 'stale_version', `其间已有版本 ${changed.version}，请重新读取后再改`, `There is version ${changed.version} by now: read it, then change it`, {
          field: 'basedOn', expected: String(changed.version), mend: `GET /api/v1/settings/${kind}`,
        })
      }
      if (changed.outcome === 'faults') throw unfit('bad_setting', '设置不合规', 'The setting does not fit', changed.faults[0])
      const { version, changes } = changed
      if (changes.length > 0) await audit(tx, request, clock, { action: 'settings_changed', subject: kind, detail: { version, reason, count: changes.length, changes: changes.slice(0, MOST_AUDITED) } })
      return viewSettings(tx, kind, true)
    })
  })
}
