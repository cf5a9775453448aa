import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'

/**
 * Validates requests by the contract's schemas: defaults filled in, unknown properties refused where the schema says so.
 * Texts of the path and the query are read as the numbers that the schema asks for; a body is taken as it is.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema)
  return (given: unknown) => {
    const filled = Value.Default(schema, given)
    const value = httpPart === 'body' ? filled : Value.Convert(schema, filled)
    if (compiled.Check(value)) return { value }
    return { error: compiled.Errors(value) as never }
  }
}
