let made = 0

/** A sound event of province 32, another one each time. */
export function anEvent(over: Record<string, unknown> = {}): Record<string, unknown> {
  made += 1
  return {
    event_id: `e-${made}`, event_type: 'created', ticket_id: `T${made}`, occurred_at: '2026-06-11T19:00:00+08:00', source_system: 'test', province_code: '32', schema_version: 1,
    payload: {
      kind: 'complaint', channel: 'hotline_10000', city_code: '320100', phenomenon_l1: 'broadband', phenomenon_l2: 'broadband_down', content_text: '家里宽带不通',
      product_no: '13900001111', customer_id: `c${made}`,
    },
    ...over,
  }
}

/** Runs `work` over all items, `width` at a time, and keeps their order. */
export async function atOnce<T, R>(width: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  await Promise.all(Array.from({ length: width }, async () => {
    for (let place = next++; place < items.length; place = next++) results[place] = await work(items[place] as T)
  }))
  return results
}
