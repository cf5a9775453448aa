import { useI18n } from 'vue-i18n'
import type { OnDutyShown } from '../../core/contract/rosters.ts'
import type { Role } from '../../core/domain/vocabulary.ts'
import { formatTime } from '../format/time.ts'
import { useWords } from '../frame/words.ts'

/** What rosters say of positions and of who is on, in the reader's language. */
export function useRosterWords() {
  const { t } = useI18n()
  const { place, either } = useWords()
  return {
    either,
    positionName: (one: { readonly role: Role; readonly regionNameZh: string; readonly regionNameEn: string }) =>
      `${place({ nameZh: one.regionNameZh, nameEn: one.regionNameEn })} · ${t(`role.${one.role}`)}`,
    /** Why it is this person, where it is not simply his turn. */
    why: ({ source, change, absent, primary }: OnDutyShown) => {
      const made = change === null ? [] : [t('rosters.because', { source: t(`rosters.source.${source}`), reason: change.reason })]
      const away = absent.map(({ name, why }) => t(primary === null ? 'rosters.away' : 'rosters.standsIn', { name: either(name), why: t(`rosters.why.${why}`) }))
      return [...made, ...away]
    },
    clock: (at: number, zone: string) => formatTime(at, zone, 'minute'),
  }
}
