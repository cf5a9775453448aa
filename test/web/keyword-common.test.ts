import { expect, it } from 'vitest'
import { commonChanges, commonDraft, commonGiven, commonHeld, commonRebased, reachChange } from '../../web/keywords/common-draft.ts'

const common = { negations: ['不想', '不会'], cancellers: ['就'], moneyWords: ['元'], moneyExclusions: ['单元'], negationReach: 6 }

it('what was read is no change, in whatever order; what differs alone is sent', () => {
  expect(commonGiven(common, commonHeld(common, commonDraft(common)))).toEqual({})
  expect(commonGiven(common, commonHeld(common, { ...commonDraft(common), negations: '不会，不想\n不想', negationReach: '' }))).toEqual({})
  const held = commonHeld(common, { ...commonDraft(common), negations: '不想、懒得', negationReach: 8 })
  expect(commonGiven(common, held)).toEqual({ negations: ['不想', '懒得'], negationReach: 8 })
  expect([commonChanges(common, held), reachChange(common, held)]).toEqual([[{ list: 'negations', added: ['懒得'], removed: ['不会'] }], { from: 6, to: 8 }])
})

it('a change that came too late is done to what the other has made of it', () => {
  const draft = { ...commonDraft(common), negations: '不想、懒得' }
  const newest = { ...common, negations: ['不想', '不会', '无意'], cancellers: ['就', '才'], negationReach: 5 }
  expect(commonRebased(common, draft, newest)).toEqual({ negations: '不想、无意、懒得', cancellers: '就、才', moneyWords: '元', moneyExclusions: '单元', negationReach: 5 })
})
