import type { Position } from '../escalation/position.ts'
import type { RegionTree } from '../region.ts'
import { clockTime, type Instant, type Zone } from '../time.ts'
import { colourOf, colourZhOf, type Severity } from '../vocabulary.ts'
import { type GapWords, positionInWords } from './gap-words.ts'
import type { PersonChannelName, PersonReadiness } from './readiness.ts'

const NAMES: Readonly<Record<PersonChannelName, { readonly zh: string; readonly en: string }>> = {
  in_app: { zh: '站内', en: 'application' },
  im: { zh: '即时通讯', en: 'chat' },
  sms: { zh: '短信', en: 'SMS' },
  voice: { zh: '电话', en: 'call' },
  email: { zh: '邮件', en: 'e-mail' },
}

/** The colours in which nothing but the screen is left for a person. */
export const lostColours = ({ colours }: PersonReadiness): readonly Severity[] => colours.filter(({ state }) => state === 'unreachable').map(({ severity }) => severity)

const listed = (names: readonly PersonChannelName[], language: 'zh' | 'en') => names.map((name) => NAMES[name][language]).join(language === 'zh' ? '、' : ', ')

function reasonInWords({ channels }: PersonReadiness): { readonly zh: string; readonly en: string } {
  const lacking = (why: 'no_contact' | 'no_provider') => channels.filter((channel) => channel.why === why).map(({ channel }) => channel)
  const [own, served] = [lacking('no_contact'), lacking('no_provider')]
  const zh = [...(own.length === 0 ? [] : [`${listed(own, 'zh')}未登记`]), ...(served.length === 0 ? [] : [`${listed(served, 'zh')}没有启用的通道`])]
  const en = [...(own.length === 0 ? [] : [`no contact for ${listed(own, 'en')}`]), ...(served.length === 0 ? [] : [`no provider in use for ${listed(served, 'en')}`])]
  return { zh: zh.join('，'), en: en.join(', ') }
}

/** Somebody who is on, or will be, and whom alerts of some colours reach on the screen alone: which, why, and the mend; names nobody. */
export function unreachableInWords(position: Position, on: { readonly from: Instant; readonly isNow: boolean }, readiness: PersonReadiness, tree: RegionTree, zone: Zone): GapWords {
  const [name, why, lost] = [positionInWords(position, tree), reasonInWords(readiness), lostColours(readiness)]
  const [since, colours] = [clockTime(on.from, zone), { zh: lost.map(colourZhOf).join('、'), en: lost.map(colourOf).join(', ') }]
  return {
    textZh: `${name.zh}：${on.isNow ? '在岗人员' : `${since} 上岗的人员`}收不到${colours.zh}预警的站外通知（${why.zh}）；请本人登记联系方式，或由管理员启用通道`,
    textEn: `${name.en}: ${on.isNow ? 'whoever is on' : `whoever is on from ${since}`} hears of ${colours.en} in the application alone (${why.en}); register contacts, or enable a provider`,
  }
}

/** A region, or the whole deployment (null), from which nothing goes out at all. */
export function noChannelsInWords(regionCode: string | null, tree: RegionTree): GapWords {
  const node = regionCode === null ? undefined : tree.get(regionCode)
  return {
    textZh: `${node === undefined ? '' : `${node.nameZh}：`}没有启用任何通知通道，值班人员只能在站内看到预警；请由管理员启用通道`,
    textEn: `${node === undefined ? 'No' : `${node.nameEn}: no`} provider is in use: people on duty see alerts in the application alone; enable a provider`,
  }
}
