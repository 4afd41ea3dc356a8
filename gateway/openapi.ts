/** What `/api` offers, as an OpenAPI 3.1 document: served at `/api/openapi.json`, and compared with the real answers by a test. */

const json = <S extends object>(schema: S) => ({ 'application/json': { schema } }) as const;
const schema = <N extends string>(name: N) => ({ $ref: `#/components/schemas/${name}` }) as const;
const response = <N extends string>(name: N) => ({ $ref: `#/components/responses/${name}` }) as const;
const answer = <N extends string>(description: string, name: N) =>
  ({ description, content: json(schema(name)) }) as const;
const body = <N extends string>(name: N) => ({ required: true, content: json(schema(name)) }) as const;
const refusal = (description: string) => answer(description, 'Refusal');

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const yes = { type: 'boolean' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const list = <S extends object>(items: S) => ({ type: 'array', items }) as const;
/** Every property is required but those named. */
const object = <P extends Record<string, object>>(properties: P, ...optional: (keyof P & string)[]) =>
  ({
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
  }) as const;

const FOREIGN = { '403': response('Foreign') } as const;
const BAD_BODY = {
  '400': response('NotJson'),
  '413': response('TooLarge'),
  '415': response('NotSentAsJson'),
  '422': response('Unsound'),
} as const;
const OWNED = {
  '401': response('NoToken'),
  '403': response('Foreign'),
  '429': response('TooMany'),
  '503': response('StoreAway'),
} as const;
const PASS_ASKED = { ...OWNED, ...BAD_BODY, '403': response('WrongPassword') } as const;
const BEARER = [{ token: [] }] as const;

const schemas = {
  Refusal: object({ error: { ...text, description: 'One sentence for people.' }, field: text }, 'field'),
  Name: { ...text, pattern: '^[A-Za-z0-9._-]{1,32}$', description: 'Compared in lower case.' },
  Pass: { ...text, pattern: '^[0-9A-Fa-f]{32}$', description: 'The MD5 of the password in hex, as LOGIN carries it.' },
  DeviceId: { ...text, pattern: '^[A-Za-z0-9_-]{1,64}$' },
  Status: object({ id: { type: 'integer' }, name: text }),
  Settings: object({ registration: { ...text, enum: ['open', 'closed'] }, idleSeconds: { type: 'number' } }),
  NewAccount: object({ user: schema('Name'), pass: schema('Pass') }),
  MadeAccount: object({ user: schema('Name') }),
  Account: object({ name: schema('Name'), createdAt: time, status: schema('Status'), device: schema('DeviceId') }),
  Devices: object({ devices: list(schema('ListedDevice')) }),
  ListedDevice: object({
    device: schema('DeviceId'),
    label: text,
    madeAt: time,
    usedAt: time,
    isOwn: { ...yes, description: 'The device whose token this is.' },
    isConnected: yes,
  }),
  PasswordChange: object({ old: schema('Pass'), pass: schema('Pass') }),
  NewToken: object(
    {
      token: {
        ...text,
        description: 'For this device. Absent where none could be given: log in with the new password.',
      },
    },
    'token',
  ),
  Confirmation: object({ pass: schema('Pass') }),
  Export: object({
    exportedAt: time,
    account: object({ name: schema('Name'), createdAt: time, status: schema('Status') }),
    devices: list(object({ device: schema('DeviceId'), label: text, madeAt: time, usedAt: time })),
    sessions: list(schema('Session')),
    friends: list(object({ name: schema('Name'), state: { ...text, enum: ['friends', 'invited', 'inviting'] } })),
    marks: list(schema('Mark')),
    log: { ...list(schema('Entry')), description: 'Oldest first, up to the end that the log had at the start.' },
  }),
  Session: object(
    {
      session: text,
      transport: { ...text, enum: ['tcp', 'websocket'] },
      address: text,
      since: time,
      device: schema('DeviceId'),
    },
    'device',
  ),
  Mark: object({
    name: schema('Name'),
    delivered: count,
    read: count,
    seen: count,
    refused: { ...text, description: 'Own messages that were refused, as ranges: `3-5 9-9`.' },
    isBlocked: yes,
  }),
  Entry: object(
    {
      at: { ...text, pattern: '^[0-9]+-[0-9a-f]{6}$' },
      time,
      from: schema('Name'),
      to: schema('Name'),
      type: { ...text, enum: ['message', 'invite', 'accept', 'deny', 'delete'] },
      n: count,
      device: schema('DeviceId'),
      id: count,
      text,
    },
    ...(['n', 'device', 'id', 'text'] as const),
  ),
} as const;

const responses = {
  NotJson: refusal('The body is not well-formed JSON.'),
  NoToken: {
    ...refusal('The token is missing, unknown, too old or void: the same answer for each.'),
    headers: { 'WWW-Authenticate': { schema: text } },
  },
  Foreign: refusal('The page that asks may not use this gateway.'),
  WrongPassword: refusal('The password is wrong, or the page that asks may not use this gateway.'),
  TooLarge: refusal('The body is larger than 4 KiB.'),
  NotSentAsJson: refusal('The body is not sent as application/json.'),
  Unsound: refusal('What `field` names is not as it must be.'),
  TooMany: {
    ...refusal('Too many from this address, or the gateway is busy: try again later.'),
    headers: { 'Retry-After': { schema: text } },
  },
  StoreAway: {
    ...refusal('The store does not answer: try again in a few seconds. Whether a change was made is not known.'),
    headers: { 'Retry-After': { schema: text } },
  },
} as const;

const account = {
  get: {
    summary: 'The own account',
    security: BEARER,
    responses: { '200': answer('The account, and the device that asks.', 'Account'), ...OWNED },
  },
  delete: {
    summary: 'Removes the account with all it has',
    description:
      'Friendships end and sessions are closed; the name is never given out again. After a 503 the token may be void already: log in anew and repeat.',
    security: BEARER,
    requestBody: body('Confirmation'),
    responses: { '204': { description: 'It is gone.' }, ...PASS_ASKED },
  },
} as const;

const device = {
  parameters: [{ name: 'device', in: 'path', required: true, schema: schema('DeviceId') }],
  delete: {
    summary: 'Forgets a device: its token is void and its sessions end',
    security: BEARER,
    responses: {
      '204': { description: 'It is forgotten.' },
      ...OWNED,
      '404': refusal('There is no such device.'),
    },
  },
} as const;

const password = {
  put: {
    summary: 'Sets the password',
    description: 'All sessions end and all tokens are void, this one too.',
    security: BEARER,
    requestBody: body('PasswordChange'),
    responses: { '200': answer('It is set.', 'NewToken'), ...PASS_ASKED },
  },
} as const;

const accountExport = {
  get: {
    summary: 'Everything the gateway keeps of the user',
    description: 'A file, sent page by page; an answer that breaks off is not whole.',
    security: BEARER,
    responses: {
      '200': {
        ...answer('The file.', 'Export'),
        headers: { 'Content-Disposition': { schema: { ...text, pattern: '^attachment; filename="ims-.*\\.json"$' } } },
      },
      ...OWNED,
    },
  },
} as const;

const accounts = {
  post: {
    summary: 'Makes an account',
    requestBody: body('NewAccount'),
    responses: {
      '201': answer('The account is made.', 'MadeAccount'),
      ...BAD_BODY,
      '403': refusal('This gateway gives out no accounts, or not to the page that asks.'),
      '409': refusal('The name is taken.'),
      '429': response('TooMany'),
      '503': response('StoreAway'),
    },
  },
} as const;

export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'IMS gateway: accounts',
    version: '2',
    description:
      'Account matters that are not chat. A token is what LOGIN of IMS 2 gives to a device (`token`). Refusals are `{"error", "field"?}`.',
  },
  servers: [{ url: '/' }],
  paths: {
    '/api/settings': {
      get: {
        summary: 'What the gateway allows',
        responses: { '200': answer('The settings that clients need.', 'Settings'), ...FOREIGN },
      },
    },
    '/api/accounts': accounts,
    '/api/account': account,
    '/api/account/devices': {
      get: {
        summary: 'The devices of the user, the last used first',
        security: BEARER,
        responses: { '200': answer('The devices.', 'Devices'), ...OWNED },
      },
    },
    '/api/account/devices/{device}': device,
    '/api/account/password': password,
    '/api/account/export': accountExport,
    '/api/openapi.json': {
      get: {
        summary: 'This document',
        responses: { '200': { description: 'OpenAPI 3.1.', content: json({ type: 'object' }) }, ...FOREIGN },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer', description: '`user~device~SECRET`' } },
    schemas,
    responses,
  },
} as const;
