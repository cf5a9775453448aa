/** An event in envelope form: a complaint accepted on 2026-06-01 09:00 in Suzhou. Other types get the payload given. */
export function anItem(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    event_id: 'e1',
    event_type: 'created',
    ticket_id: 'T1',
    occurred_at: '2026-06-01T09:00:00+08:00',
    source_system: 'crm',
    province_code: '32',
    payload: CREATED,
    ...more,
  }
}

/** The mandatory fields of `created`. */
export const CREATED = {
  kind: 'complaint',
  channel: 'hotline',
  region_code: '320500',
  phenomenon_l1: '网络使用',
  phenomenon_l2: '宽带上不了网',
  content_text: '宽带断了',
}

/** One event of ticket T1 by type and Shanghai wall clock (`06-01 09:00`, seconds optional); the id follows from both. */
export function anItemAt(
  type: string,
  local: string,
  payload: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const [date, time = '00:00'] = local.split(' ')
  const occurredAt = `2026-${date}T${time.length === 5 ? `${time}:00` : time}+08:00`
  return anItem({
    event_id: `${String(more['ticket_id'] ?? 'T1')}-${type}-${local}`,
    event_type: type,
    occurred_at: occurredAt,
    payload: type === 'created' ? { ...CREATED, ...payload } : payload,
    ...more,
  })
}
