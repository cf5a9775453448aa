import { type Static, Type } from 'typebox'
import { SETTING_FORMS, SETTING_UNITS, type SettingForm, type SettingUnit } from '../domain/setting-field.ts'
import { PLAIN_SETTINGS, type PlainSetting } from '../domain/settings.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
export const SettingKind = Type.Unsafe<PlainSetting>({ type: 'string', enum: [...PLAIN_SETTINGS], description: '配置组 / the group of settings' })
const Changed = Type.Object({ version: Type.Integer(), at: Type.Number(), author: Type.String(), reason: Type.String() })

/** What one value is and how far it may go; `least` and `most` null where it is no number. */
export const SettingShown = Type.Object({
  name: Type.String(),
  form: Type.Unsafe<SettingForm>({ type: 'string', enum: [...SETTING_FORMS] }),
  unit: Nullable(Type.Unsafe<SettingUnit>({ type: 'string', enum: [...SETTING_UNITS] })),
  least: Nullable(Type.Number()),
  most: Nullable(Type.Number()),
  part: Nullable(Type.String()),
})
export type SettingShown = Static<typeof SettingShown>

/** GET /api/v1/settings/:kind: the newest version, by name, beside the defaults, and who wrote it. */
export const SettingsAnswer = Type.Object({
  kind: SettingKind,
  version: Type.Integer(),
  mayChange: Type.Boolean(),
  fields: Type.Array(SettingShown),
  values: Type.Record(Type.String(), Type.Unknown()),
  defaults: Type.Record(Type.String(), Type.Unknown()),
  /** Null: the defaults of the trade stand. */
  changed: Nullable(Changed),
})
export type SettingsAnswer = Static<typeof SettingsAnswer>

/** PUT /api/v1/settings/:kind: what is given changes, the rest stays. */
export const SettingsChange = Type.Object(
  {
    basedOn: Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: '所依据的版本；其间已有更新则 409 / the version that was read; 409 where there is a newer one' }),
    values: Type.Record(Type.String({ maxLength: 40 }), Type.Unknown(), { minProperties: 1, description: '按名称给值，null 恢复默认 / values by name, null: back to the default' }),
    reason: Type.String({ minLength: 2, maxLength: 300, pattern: '\\S', description: '为何更改 / why' }),
  },
  { additionalProperties: false },
)
export type SettingsChange = Static<typeof SettingsChange>

/** GET /api/v1/settings/:kind/history: newest first; `null` where a code was not there. */
export const SettingsHistory = Type.Object({
  kind: SettingKind,
  items: Type.Array(Type.Object({ ...Changed.properties, changes: Type.Array(Type.Object({ path: Type.String(), from: Type.Unknown(), to: Type.Unknown() })) })),
})
export type SettingsHistory = Static<typeof SettingsHistory>
