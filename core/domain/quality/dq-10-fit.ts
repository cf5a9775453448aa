import { codeAt } from '../dictionary/dictionary.ts'
import { outcome, type TicketCheck } from './quality-check.ts'

/** Phenomenon and product fit each other, and the second level its first, as far as the dictionary knows them. */
export const FIT: TicketCheck = {
  id: 'DQ-10',
  nameZh: '现象与产品相符',
  nameEn: 'Phenomenon fits product',
  whatZh: '一级现象与产品相符，二级现象属于该一级现象',
  whatEn: 'The first level of the phenomenon fits the product, the second level belongs to the first',
  reaction: 'list',
  weight: 4,
  judgeTicket: ({ ticket, dictionary }) => {
    const { phenomenonL1, phenomenonL2, productL1, acceptedAt } = ticket
    if (acceptedAt === null) return []
    const first = codeAt(dictionary, 'phenomenon_l1', phenomenonL1, acceptedAt)
    const second = codeAt(dictionary, 'phenomenon_l2', phenomenonL2, acceptedAt)
    const product = codeAt(dictionary, 'product_l1', productL1, acceptedAt)
    if (first === undefined || (product === undefined && second === undefined)) return []
    if (second?.parent !== undefined && second.parent !== first.code) return [outcome('DQ-10', `${second.code} ∉ ${first.code}`)]
    const isUnfit = product !== undefined && first.products !== undefined && !first.products.includes(product.code)
    return [outcome('DQ-10', isUnfit ? `${first.code} × ${product.code}` : null)]
  },
}
