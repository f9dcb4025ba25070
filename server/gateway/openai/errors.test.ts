import { expect, test } from 'vitest'
import { AccountError } from '../../accounts/errors.ts'
import { InferError } from '../../inference/errors.ts'
import { HttpProblem } from '../http/problem.ts'
import { anthropicError, BadBody, openaiError, viewOf } from './errors.ts'

test('I43 a refusal keeps its status and code, and what is not ours says nothing of itself', () => {
  expect(viewOf(new InferError('no_model', 'No model is in reach.'))).toMatchObject({
    status: 503,
    code: 'no_model',
    message: 'No model is in reach.',
  })
  for (const other of [new Error('secret'), { code: 'E_SECRET', status: 500 }, 'secret', undefined]) {
    expect(viewOf(other)).toMatchObject({ status: 500, code: 'internal' })
    expect(JSON.stringify(viewOf(other))).not.toMatch(/secret/i)
  }
})

test('I43 what another part refuses by a code alone is said in words', () => {
  for (const error of [new AccountError('token_invalid'), new HttpProblem('too_many_requests')])
    expect(viewOf(error)).toMatchObject({ code: error.code, message: expect.stringMatching(/^\p{Lu}\S+ .* \S+/u) })
})

test.each([
  [new BadBody('no key', { status: 401 }), 401, 'invalid_request_error', 'invalid_api_key', 'authentication_error'],
  [
    new InferError('unauthorized', 'revoked'),
    401,
    'invalid_request_error',
    'invalid_api_key',
    'authentication_error',
  ],
  [new InferError('model_not_found', 'x'), 404, 'invalid_request_error', 'model_not_found', 'not_found_error'],
  [new BadBody('scope', { status: 403 }), 403, 'permission_error', 'forbidden', 'permission_error'],
  [new BadBody('path', { status: 404 }), 404, 'invalid_request_error', 'not_found', 'not_found_error'],
  [new BadBody('get', { status: 405 }), 405, 'invalid_request_error', 'method_not_allowed', 'invalid_request_error'],
  [new BadBody('long', { status: 413 }), 413, 'invalid_request_error', 'request_too_large', 'request_too_large'],
  [new BadBody('what'), 400, 'invalid_request_error', 'bad_request', 'invalid_request_error'],
  [new InferError('rate_limited', 'x'), 429, 'rate_limit_error', 'rate_limit_exceeded', 'rate_limit_error'],
  [new InferError('budget_exhausted', 'x'), 429, 'insufficient_quota', 'insufficient_quota', 'rate_limit_error'],
])('I21 %s has the names of the API that was asked', (error, status, type, code, anthropic) => {
  const view = viewOf(error)
  expect(view.status).toBe(status)
  expect(openaiError(view).error).toMatchObject({ type, code })
  expect(anthropicError(view)).toMatchObject({ type: 'error', error: { type: anthropic } })
})
