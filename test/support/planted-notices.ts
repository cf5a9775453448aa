import type { RegionNode } from '../../core/domain/region.ts'

/** Where the marked rows of notices lie, and what they carry. */
export interface NoticePlace {
  readonly province: string
  readonly mark: string
  readonly city: Pick<RegionNode, 'code' | 'path'>
  readonly count: number
  /** ISO time. */
  readonly at: string
}

/** Puts a marked row of one province into every table that notices fill. */
export async function plantNotices(run: (sql: string, values: unknown[]) => Promise<unknown>, place: NoticePlace): Promise<void> {
  const { province, mark, city, count, at } = place
  const keyOf = (kind: string) => `!${kind}:${province}:${mark}:id/${mark}`
  const put = (table: string, row: Readonly<Record<string, unknown>>) => {
    const names = Object.keys(row)
    return run(`insert into ${table} (${names.join(', ')}) values (${names.map((_name, index) => `$${index + 1}`).join(', ')})`, Object.values(row))
  }
  const told = { is_void: false, first_event_at: at, last_event_at: at, updated_at: at }
  const here = { province_code: province, region_code: city.code, region_path: city.path }
  const { region_code: _, ...wide } = here

  await put('incident', {
    subject_key: keyOf('incident'), incident_id: mark, source_system: mark, ...wide, region_codes: [city.code], region_paths: [city.path], product: mark, state: 'open',
    users_affected: count, ...told,
  })
  await put('call', { subject_key: keyOf('call'), ...here, agent_group: mark, queue_at: at, caller_keys: [mark], ...told })
  await put('call_caller', { caller_key: mark, queue_at: at, subject_key: keyOf('call') })
  await put('call_follow_up', { caller_key: mark, queue_at: at })
  await put('user_base', { subject_key: keyOf('user_base'), ...here, month: '2026-06', product_line: mark, subscribers: count, reported_at: at, source_system: mark, ...told })
  await put('opinion', {
    subject_key: keyOf('opinion'), opinion_id: mark, source_system: mark, ...here, medium: mark, topic: mark, phenomenon_l1: mark, phenomenon_l2: mark, repost_count: 0, ...told,
  })
  await put('shift_log', { subject_key: keyOf('shift'), shift_id: mark, source_system: mark, ...here, ...told })
  await put('told_setting', { subject_key: keyOf('config'), kind: 'config', name: mark, ...wide, source_system: mark, event_id: mark, told_at: at, body: {}, ...told })
  await put('notice_correction', { source_system: mark, corrects_event_id: mark, subject_key: keyOf('incident') })
}
