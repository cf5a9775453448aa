import { type Mutation, planted } from './mutation.ts'

const MORE = ['test/unit/risk-more-laws.test.ts']

/** Faults in the rules of risk by which more facts would lower a colour, or a fact be passed over. */
export const RISK_RULE_MUTATIONS: readonly Mutation[] = [
  ...planted('core/domain/risk/mr-03-template.ts', ['test/unit/mr-03-template.test.ts'], [
    ['[place, [...texts]]', '[place, provinces.find(([code]) => code === place)?.[1] ?? [...texts]]', 'the place of a case takes customers of other provinces from it'],
  ]),
  ...planted('core/domain/risk/mr-04-keyword.ts', MORE, [['tickets >= least', 'tickets === least', 'more tickets of a category than the threshold are no reason']]),
  ...planted('core/domain/risk/mr-13-billing.ts', ['test/unit/risk-fact-rules.test.ts'], [[" || rules.includes('MR-13')", '', 'confirmed users of a case by another name count for nothing']]),
  ...planted('core/domain/risk/mr-14-gathering.ts', MORE, [['tickets.length >= keyword', 'tickets.length === keyword', 'more tickets than the threshold are no reason']]),
]
