/** By the field, where the refusal's code says too little. */
const BY_FIELD: ReadonlyMap<string, string> = new Map([['payload.amount_cents', 'DQ-11']])

const BY_CODE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    unknown_province: 'DQ-02',
    unknown_region: 'DQ-02',
    region_outside_province: 'DQ-02',
    unknown_event_type: 'DQ-02',
    bad_time: 'DQ-04',
    in_future: 'DQ-04',
    too_old: 'DQ-04',
    event_id_taken: 'DQ-05',
    clear_number: 'DQ-09',
  }),
)

/** Faults of the engine or of rights, not of the data. */
const NOT_THE_DATA: ReadonlySet<string> = new Set(['out_of_scope', 'fold_failed'])

/** Which check a refused item failed, or null where its data is not at fault. A misshapen item lacks what its type needs: DQ-01. */
export function checkOfRefusal({ code, field }: { readonly code: string; readonly field: string }): string | null {
  if (NOT_THE_DATA.has(code)) return null
  return BY_FIELD.get(field) ?? BY_CODE.get(code) ?? 'DQ-01'
}
