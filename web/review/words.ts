import { useI18n } from 'vue-i18n'
import type { ReviewCard } from '../../core/contract/reviews.ts'
import { formatTime } from '../format/time.ts'
import { useWords } from '../frame/words.ts'
import { useLive } from '../live/use-live.ts'

type Limit = ReviewCard['final']

/** How a page of reviews speaks of times and limits. */
export function useReviewWords() {
  const { t } = useI18n()
  const { age } = useWords()
  const live = useLive()
  const zone = () => live.state.value?.zone ?? 'UTC'
  const time = (at: number) => formatTime(at, zone(), 'day_minute')
  /** A limit at midnight belongs to the day that it ends. */
  const limitTime = (at: number) => (formatTime(at, zone(), 'minute') === '00:00' ? `${formatTime(at - 1, zone(), 'month_day')} 24:00` : time(at))
  const limit = ({ dueAt, doneAt, state }: Limit) => t(`review.limit.${state}`, { at: limitTime(dueAt), done: doneAt === null ? '' : time(doneAt), age: age(Math.max(0, live.now.value - dueAt)) })
  return { time, limitTime, limit }
}
