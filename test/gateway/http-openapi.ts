/** Compares answers with the OpenAPI document: the path, the method, the status, and the shape of what was said. */

import assert from 'node:assert/strict';
import { openapi } from '../../gateway/openapi.ts';
import type { RawAnswer } from './listening.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
}

interface Response {
  readonly $ref?: string;
  readonly content?: { readonly 'application/json': { readonly schema: Schema } };
  readonly headers?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Operation {
  readonly security?: unknown;
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, Response>>;
}

const PATHS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = openapi.paths;
const METHODS = ['get', 'post', 'put', 'delete'];

/** All operations, as `GET /api/account`. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries(PATHS).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation as Operation] as const),
  ),
);

/** All answers that are documented, as `GET /api/account 200`. */
export const DOCUMENTED: readonly string[] = [...OPERATIONS].flatMap(([name, { responses }]) =>
  Object.keys(responses).map((status) => `${name} ${status}`),
);

/** Fails where the answer is not documented or has another shape; else which documented answer it is. 405 needs no words. */
export function checkAnswer(method: string, path: string, answer: RawAnswer): string | undefined {
  if (answer.status === 405) return undefined;
  const name = `${method} ${templateOf(path)}`;
  const found = OPERATIONS.get(name)?.responses[answer.status];
  assert.ok(found, `${name} ${answer.status} is not documented: ${answer.text.slice(0, 200)}`);
  const { content, headers = {} } = resolve(found);
  if (content === undefined) assert.equal(answer.text, '', `${name} ${answer.status} has no body`);
  else checkValue(answer.json, content['application/json'].schema, `${name} ${answer.status}`);
  for (const [header, { schema }] of Object.entries(headers)) {
    checkValue(answer.headers[header.toLowerCase()], schema, `${name} ${answer.status} ${header}`);
  }
  return `${name} ${answer.status}`;
}

/** Fails where a value is not what the schema says, or has a property that the schema does not name. */
export function checkValue(value: unknown, unresolved: Schema, where: string): void {
  const schema = resolve(unresolved);
  const known = new Set([
    'type',
    'properties',
    'required',
    'items',
    'enum',
    'pattern',
    'format',
    'minimum',
    'description',
  ]);
  for (const word of Object.keys(schema)) assert.ok(known.has(word), `${where}: nobody checks ${word}`);
  checkType(value, schema, where);
  if (schema.enum)
    assert.ok(schema.enum.includes(value), `${where}: ${String(value)} is none of ${schema.enum.join()}`);
  if (schema.pattern) assert.match(value as string, new RegExp(schema.pattern, 'u'), where);
  if (schema.format === 'date-time') assert.equal(new Date(value as string).toISOString(), value, where);
  if (schema.minimum !== undefined) assert.ok((value as number) >= schema.minimum, `${where}: ${String(value)}`);
  if (schema.items)
    for (const [index, item] of (value as unknown[]).entries()) checkValue(item, schema.items, `${where}[${index}]`);
  if (schema.properties) checkProperties(value as Record<string, unknown>, schema, where);
}

function checkProperties(value: Readonly<Record<string, unknown>>, schema: Schema, where: string): void {
  for (const name of schema.required ?? []) assert.ok(Object.hasOwn(value, name), `${where} has no ${name}`);
  for (const [name, part] of Object.entries(value)) {
    const known = Object.hasOwn(schema.properties!, name) ? schema.properties![name] : undefined;
    assert.ok(known, `${where}.${name} is not documented`);
    checkValue(part, known, `${where}.${name}`);
  }
}

function checkType(value: unknown, { type }: Schema, where: string): void {
  const isRight = {
    string: typeof value === 'string',
    boolean: typeof value === 'boolean',
    number: typeof value === 'number',
    integer: Number.isSafeInteger(value),
    array: Array.isArray(value),
    object: typeof value === 'object' && value !== null && !Array.isArray(value),
  }[type ?? ''];
  assert.ok(isRight, `${where}: ${JSON.stringify(value)} is not of type ${type}`);
}

function templateOf(path: string): string {
  const plain = path.replace(/\?.*/, '');
  if (Object.hasOwn(PATHS, plain)) return plain;
  const isLike = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain);
  return Object.keys(PATHS).find(isLike) ?? plain;
}

/** What a `$ref` points at, or the thing itself. */
export function resolve<T extends { readonly $ref?: string }>(thing: T): T {
  if (thing.$ref === undefined) return thing;
  assert.match(thing.$ref, /^#\//);
  const steps = thing.$ref.slice(2).split('/');
  const target = steps.reduce<unknown>((part, step) => (part as Record<string, unknown> | undefined)?.[step], openapi);
  assert.ok(target, `${thing.$ref} points nowhere`);
  return resolve(target as T);
}
