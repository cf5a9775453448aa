import { buildRegionTree } from '../../core/domain/region.ts'
import { node } from './node.ts'

/** A small country for rules of risk: a province with two cities and a district, and others. */
export const RISK_TREE = buildRegionTree([
  node('00', null, 'group', '/00/'),
  node('32', '00', 'province', '/00/32/'),
  node('320500', '32', 'city', '/00/32/320500/'),
  node('320505', '320500', 'district', '/00/32/320500/320505/'),
  node('320100', '32', 'city', '/00/32/320100/'),
  node('33', '00', 'province', '/00/33/'),
  node('330100', '33', 'city', '/00/33/330100/'),
  node('34', '00', 'province', '/00/34/'),
  node('36', '00', 'province', '/00/36/'),
])
