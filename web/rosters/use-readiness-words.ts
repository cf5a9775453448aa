import { useI18n } from 'vue-i18n'
import type { ReadinessRow, ReadinessShown } from '../../core/contract/readiness.ts'
import { formatTime } from '../format/time.ts'

/** What is said of whether somebody can be reached, in the reader's language. */
export function useReadinessWords() {
  const { t } = useI18n()
  const listed = (channels: readonly string[]) => channels.map((channel) => t(`readiness.channel.${channel}`)).join(t('readiness.comma'))
  return {
    listed,
    /** Why not by every channel; null where nothing is missing. */
    reason: ({ why, channels }: ReadinessShown): string | null => {
      if (why !== null) return t(`readiness.why.${why}`)
      const lines = (['no_contact', 'no_provider'] as const).flatMap((kind) => {
        const own = channels.filter((channel) => channel.why === kind).map(({ channel }) => channel)
        return own.length === 0 ? [] : [t(`readiness.why.${kind}`, { channels: listed(own) })]
      })
      return lines.length === 0 ? null : lines.join(t('readiness.clause'))
    },
    proof: ({ proof, isOld }: ReadinessShown['channels'][number], zone: string): string => {
      if (proof === null) return t('readiness.proof.never')
      const said = t(`readiness.proof.${proof.how}`, { at: `${formatTime(proof.at, zone, 'day')} ${formatTime(proof.at, zone, 'minute')}` })
      return isOld ? `${said}${t('readiness.comma')}${t('readiness.proof.old')}` : said
    },
    duty: (duty: ReadinessRow['duty'], zone: string): string => {
      if (duty === null) return t('readiness.duty.none')
      const [as, from, to] = [t(`readiness.duty.${duty.as}`), formatTime(duty.from, zone, 'day_minute'), formatTime(duty.to, zone, 'day_minute')]
      return t(duty.isNow ? 'readiness.duty.now' : 'readiness.duty.next', { as, from, to })
    },
  }
}
