import fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { handleErrors, Refusal, refusalOf } from '../../server/errors.ts'

const withCode = (code: string, more: object = {}) => Object.assign(new Error('of 13812345678'), { code, ...more })

describe('what goes wrong becomes a status', () => {
  test.each([
    ['a refusal as it says', new Refusal(409, 'x', '甲', 'x'), 409, 'x'],
    ['a database that refuses connections', withCode('ECONNREFUSED'), 503, 'database_unavailable'],
    ['a database that is being stopped', withCode('57P01'), 503, 'database_unavailable'],
    ['too many connections', withCode('53300'), 503, 'database_unavailable'],
    ['several addresses, none of which answers', new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]), 503, 'database_unavailable'],
    ['a statement that ran out of time', withCode('57014'), 503, 'busy'],
    ['a deadlock that would not end', withCode('40P01'), 503, 'busy'],
    ['a NUL character', withCode('22021'), 400, 'invalid_value'],
    ['half a surrogate pair', withCode('22P05'), 400, 'invalid_value'],
    ['a fault of the request that a library found', withCode('FST_ERR_BAD_URL', { statusCode: 400 }), 400, 'fst_err_bad_url'],
  ])('%s', (_name, error, status, code) => {
    const refusal = refusalOf(error)
    expect([refusal?.statusCode, refusal?.body.error.code]).toEqual([status, code])
    expect(JSON.stringify(refusal?.body)).not.toContain('13812345678')
  })

  test.each([['a broken constraint', withCode('23505')], ['a bug', new TypeError('x is not a function')], ['a thrown text', 'text'], ['a library’s own 500', withCode('X', { statusCode: 500 })]])(
    '%s is a fault of ours',
    (_name, error) => {
      expect(refusalOf(error)).toBeNull()
    },
  )

  test('a fault of ours answers 500 with a reference and nothing else, and the log holds no value of a row', async () => {
    const lines: string[] = []
    const app = fastify({ logger: { stream: { write: (line: string) => { lines.push(line) } } } })
    handleErrors(app)
    app.get('/', async () => { throw withCode('23505', { severity: 'ERROR', detail: 'Key (login)=(13812345678) already exists.' }) })
    const answer = await app.inject('/')
    expect([answer.statusCode, answer.json().error.code]).toEqual([500, 'internal'])
    expect(answer.json().error.mend).toMatch(/reference: \S+/)
    expect(answer.body).not.toMatch(/13812345678|Error|at .*\.ts/)
    expect(lines.join('')).toContain('23505')
    expect(lines.join('')).toContain('server-errors.test.ts')
    expect(lines.join('')).not.toContain('13812345678')
  })
})
