import type { Severity } from '../vocabulary.ts'
import type { AbnormalRule, TicketView } from './abnormal-rule.ts'
import { byCourse, causeOf, endsWithTicket, NEVER } from './course.ts'
import { joinedWords, type Words } from './words.ts'

interface Ground {
  readonly level: Severity
  readonly cause: string
  readonly words: Words
}

const said = (words: readonly string[]) => words.join('、')

/** What of the ticket speaks of fraud or of danger, the gravest first. */
function groundsOf({ ticket, context: { keywords } }: TicketView): Ground[] {
  const grounds: Ground[] = []
  const { threats = [], safety = [], fraud = [] } = keywords ?? {}
  if (threats.length > 0) grounds.push({ level: 4, cause: 'keyword:threat', words: { zh: `危及生命的词“${said(threats)}”`, en: `a threat to life: "${said(threats)}"` } })
  else if (safety.length > 0) grounds.push({ level: 3, cause: 'keyword:KW-SAF', words: { zh: `人身安全敏感词“${said(safety)}”`, en: `words of personal safety: "${said(safety)}"` } })
  if (ticket.marks.isFraud) grounds.push({ level: 3, cause: 'marked:fraud', words: { zh: '标注为涉诈', en: 'marked as fraud' } })
  if (fraud.length > 0) grounds.push({ level: 3, cause: 'keyword:KW-FRD', words: { zh: `涉诈敏感词“${said(fraud)}”`, en: `words of fraud: "${said(fraud)}"` } })
  return grounds
}

/** A ticket keeps that it was marked and what it says, not since when: from its acceptance on. */
const judge = byCourse((view) => {
  const grounds = groundsOf(view)
  const [gravest] = grounds
  if (gravest === undefined) return NEVER
  return {
    rungs: [{ level: gravest.level, from: view.acceptedAt }],
    ends: endsWithTicket(view, 'mitigated'),
    // All of them: a further one is another fact, also where a graver one was answered (domain.md 4.1-5).
    facts: { cause: causeOf(view.ticket, grounds.map(({ cause }) => cause).join(',')), words: joinedWords(...grounds.map(({ words }) => words)) },
  }
})

/**
 * An open ticket that is marked as fraud, or whose text holds words of KW-FRD or KW-SAF (domain.md 4.3, 5.4); words of suicide, violence and killing are
 * a threat to life. Only a person's note closes it.
 */
export const FRAUD: AbnormalRule = {
  id: 'AT-25',
  nameZh: '涉诈/涉安全',
  nameEn: 'Fraud or safety',
  meaningZh: '工单被标注为涉诈，或正文含涉诈、人身安全敏感词；危及生命的为最高级。',
  meaningEn: 'The ticket is marked as fraud, or its text speaks of fraud or of personal safety; a threat to life is of the highest level.',
  clearsZh: '由安全部门填写处置说明后关闭。',
  clearsEn: 'Closed by the security department with its note.',
  source: '[S2]/levels assumed',
  suppressedByCase: false,
  parameters: [],
  judge,
  reads: ['keywords'],
  signs: () => [{ shows: ['marks', 'keywords'] }],
}
