import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { PLANTED } from '../crash/planted.ts'

describe('each fault that the crash matrix has to find can still be planted', () => {
  test.each(PLANTED.flatMap(({ what, edits }) => edits.map(([file, find]) => ({ what, file, find }))))('$what: in $file', ({ file, find }) => {
    expect(readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8').split(find)).toHaveLength(2)
  })
})
