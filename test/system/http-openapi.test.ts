import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ErrorBody } from '../../core/contract/errors.ts'
import { ask, MATRIX, ROUTES } from '../support/scope-matrix.ts'
import { openScopeWorld, own, world } from '../support/scope-world.ts'
import { NOBODY } from '../support/server.ts'

beforeAll(openScopeWorld, 180_000)
afterAll(async () => { await world?.stop() })

describe('answers and their description', () => {
  test('every good answer fits its schema, every refusal the one error body', async () => {
    const document = (await world.call(NOBODY, 'GET', '/api/docs/json')).body
    const error = Compile(ErrorBody)
    const inlined = (schema: unknown): TSchema => JSON.parse(JSON.stringify(schema), (_key, held) => {
      const name = typeof held?.$ref === 'string' ? (held.$ref as string).split('/').at(-1) : undefined
      return name === undefined ? held : inlined(document.components.schemas[name])
    })
    for (const [route] of ROUTES) {
      const [method = '', pattern = ''] = route.split(' ')
      const operation = document.paths[pattern.replace(/:(\w+)/gu, '{$1}')][method.toLowerCase()]
      for (const name of ['admin-32', 'data_steward-32', 'auditor-32', 'duty_manager-32', 'key-32', 'wall-32', 'nobody']) {
        if (route === 'POST /api/v1/logout') continue
        const { status, body, text } = await ask(name, route, own)
        const described = operation.responses[status]
        expect(described, `${route} answers ${status} and does not say so: ${text.slice(0, 200)}`).toBeDefined()
        if (status >= 400) expect(error.Check(body), text).toBe(true)
        else {
          const schema = Compile(inlined(described.content['application/json'].schema))
          expect([...schema.Errors(body)], `${route} for ${name}`).toEqual([])
        }
      }
    }
  })

  test('the OpenAPI document is 3.1, names every route once with who may call it, in both languages', async () => {
    const { status, body } = await world.call(NOBODY, 'GET', '/api/docs/json')
    expect(status).toBe(200)
    expect(body.openapi).toMatch(/^3\.1\./)
    const described = Object.entries(body.paths as Record<string, Record<string, { summary: string; security: unknown[]; responses: object }>>)
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/gu, ':$1')}`, operation })))
    const wanted = [...Object.keys(MATRIX), 'GET /healthz', 'GET /readyz']
    expect(described.map(({ route }) => route).toSorted()).toEqual(wanted.toSorted())
    for (const { route, operation } of described) {
      expect(operation.summary, route).toMatch(/\p{Script=Han}.* \/ [A-Z]/u)
      const row = MATRIX[route]
      expect(operation.security.length, route).toBe(row === undefined || row.anybody === true ? 0 : (row.people.length > 0 || route === 'POST /api/v1/logout' ? 1 : 0) + (row.key === true ? 1 : 0) + (row.wall === true ? 1 : 0))
    }
    expect(Object.keys(body.components.schemas)).toEqual(expect.arrayContaining(['AlertCard', 'EventEnvelope', 'NodeFigures']))
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer]) => pointer as string)
    for (const pointer of references) expect(pointer.split('/').reduce((held, part) => held?.[part], body), pointer).toBeDefined()
  })

  test('the documentation page loads nothing from elsewhere', async () => {
    const { status, text } = await world.call(NOBODY, 'GET', '/api/docs/')
    expect(status).toBe(200)
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//)
  })
})
