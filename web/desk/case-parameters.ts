/** Which rules go by each group of a case's parameters; what is not here holds for all of them. */
const RULES_OF: Readonly<Record<string, readonly string[]>> = {
  batch: ['MR-01'],
  surge: ['MR-02', 'MR-06'],
  template: ['MR-03'],
  appealSurge: ['MR-06'],
  outage: ['MR-07'],
  opinion: ['MR-09'],
  keyCustomer: ['MR-05'],
  executive: ['MR-08'],
  vulnerable: ['MR-15'],
  agent: ['MR-21'],
  billing: ['MR-13'],
  backlog: ['MR-16'],
  silence: ['MR-17'],
  crossProvince: ['MR-18'],
  redLine: ['MR-19'],
  hotline: ['MR-20'],
  keyword: ['MR-04', 'MR-10', 'MR-11', 'MR-12', 'MR-14', 'MR-15'],
  disabledRules: [],
}

/** Of the parameters that are stamped on an alert those that its rules go by: a case is stamped with those of every risk rule. */
export const parametersOfRules = (parameters: Readonly<Record<string, unknown>>, ruleIds: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => RULES_OF[name]?.some((id) => ruleIds.includes(id)) ?? true))
