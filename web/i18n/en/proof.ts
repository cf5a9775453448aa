/** Proof of the pages: what was due against what happened. */
export const proof = {
  title: 'Proof of the pages',
  show: 'Compare what was due with what happened',
  loading: 'Comparing…',
  none: 'No page was due',
  summary: '{due} calls were due: {kept} in time, {late} late, {missed} missed',
  due: 'Due',
  made: 'Made',
  step: 'Step {step}',
  reminder: 'Reminder of step {step}',
  handling: 'Handling overdue',
  verdict: { kept: 'in time', late: '{seconds} s late', missed: 'missed', not_needed: 'not needed', to_come: 'to come' },
  why: { acknowledged: 'acknowledged', not_live: 'over', covered: 'told by another alert of the ticket', restarted: 'colour changed, started anew', exhausted: 'end of the ladder', handled: 'a plan was entered', quiet: 'silenced' },
  export: 'Export JSON',
  sealed: '{lines} lines in the log, {sealed} of them sealed',
}
