import { pageSchema, PAGING, type Area, type Operation, type Parameter } from './operation.ts';
import {
  choice,
  filter,
  flag,
  list,
  MALFORMED,
  object,
  partial,
  someText,
  text,
  time,
  whole,
} from './schemas.ts';

const OWN = '/runtime/v1';
const CALLER = ['tokenMissing', 'methodNotPermitted'] as const;

const REVISION_FIELDS = {
  revision: whole('Number of the revision, which grows by one with each write.', { min: 0 }),
  at: time('Time of the write.'),
  actor: text('Account and user that wrote.'),
  credential: text('What proved who wrote: the ID of an access key, or `token`.'),
  request_id: text('ID of the request that wrote.'),
  provenance: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description:
      'What the writer said of where the change comes from, in headers `X-Apig-Provenance-<name>`.',
  },
};
const RARE = ['credential', 'provenance'];

const ACTION = choice(['create', 'update', 'delete'], 'What was done with the object.');
const KIND = text('Kind of the object.');
const KEY = text('ID of the object; that of an environment has the ID of its gateway before it.');

const SNAPSHOT_OBJECT = object({
  kind: KIND,
  id: text('ID.'),
  body: { type: 'object', description: 'The fields, in the typed form.' },
  created_at: text('Time of creation.'),
  updated_at: text('Time of the last change.'),
});

const SNAPSHOT = object({
  format: { const: 'apig-snapshot' },
  version: { const: 1 },
  revision: whole('Number of the revision that was written.', { min: 0 }),
  secrets: {
    anyOf: [
      { const: 'omitted' },
      object({
        kdf: { const: 'scrypt' },
        salt: text('Base64.'),
        N: whole('Cost of the derivation.'),
        r: whole('Cost of the derivation.'),
        p: whole('Cost of the derivation.'),
      }),
    ],
    description: 'That there are none, or how the key that seals them is derived from the passphrase.',
  },
  objects: list(SNAPSHOT_OBJECT, 'All that is configured.'),
});

const STORED = {
  anyOf: [
    { type: 'null' },
    object({
      id: text('ID.'),
      body: { type: 'object', description: 'The fields, in the typed form; secrets are masked.' },
      created_at: text('Time of creation.'),
      updated_at: text('Time of the last change.'),
    }),
  ],
};

const CHANGESET_FIELDS = {
  id: text('ID.'),
  created_at: time('Time of its opening.'),
  expires_at: time('Time at which it expires.'),
  base_revision: whole('Revision on which it was opened.', { min: 0 }),
  change_count: whole('How many objects it changes.', { min: 0 }),
};

const HEADER = {
  type: 'array',
  items: { type: 'string' },
  minItems: 2,
  maxItems: 2,
  description: 'Name and value.',
};

const STEP = object(
  {
    stage: text('Name of the step.'),
    decision: choice(
      ['passed', 'refused', 'answered', 'forwarded', 'depends'],
      'What it came to: `answered` by the gateway itself, `depends` on somebody who is not asked.',
    ),
    because: { type: 'object', description: 'What the decision stands on.' },
  },
  ['because'],
);

const EXPLAINED_FIELDS = {
  outcome: choice(['forwarded', 'answered', 'refused', 'depends'], 'What would become of the request.'),
  answer: object({
    status: whole('Status.'),
    headers: list(HEADER),
    body: text('As the gateway response of the group or API words it.'),
  }),
  error: object(
    {
      code: text('Code of the error.'),
      message: text('Its text.'),
      response_type: text('Type of the gateway response.'),
    },
    ['response_type'],
  ),
  depends_on: object({ kind: choice(['authorizer', 'third_party'], 'Who decides.'), id: text('Its ID.') }, [
    'id',
  ]),
  matched: {
    type: 'object',
    description: 'Gateway, group, API, environment and version; none when no API was found.',
  },
  caller: { type: 'object', description: 'Who calls.' },
  policies: list(
    object({ kind: KIND, id: text('ID.'), name: text('Name.') }, ['name']),
    'All that is bound to the API in the environment.',
  ),
  limits: list(
    object({
      dimension: text('What is counted.'),
      limit: whole('Calls in a window.'),
      remaining: whole('Calls that are left of them, this one included.'),
      interval: whole('Length of a window.'),
      unit: text('Its unit.'),
    }),
    'The limits that the request meets.',
  ),
  backend: {
    type: 'object',
    description: 'Who answers, and what it is sent; credentials are masked.',
  },
  stages: list(STEP, 'Each step up to the last one, in order.'),
};
const EXPLAINED_RARE = ['answer', 'error', 'depends_on', 'matched', 'backend'];

const EXPLAINED = object(EXPLAINED_FIELDS, EXPLAINED_RARE);
const EXPLAINED_BRIEFLY = object(EXPLAINED_FIELDS, [...EXPLAINED_RARE, 'stages']);

/** A request whose fate is asked for. */
const REQUEST_FIELDS = {
  method: someText('Method.'),
  host: someText('Host that is asked.'),
  path: someText('Path as it is sent, with or without a query.'),
  query: text('Query without its question mark.'),
  scheme: choice(['HTTP', 'HTTPS'], 'HTTP unless given.'),
  headers: {
    type: 'object',
    additionalProperties: { anyOf: [text(), list(text())] },
    description: 'Header lines beside `Host` and those that frame the body.',
  },
  body: text('Body.'),
  client_address: text('Address of the caller; 127.0.0.1 unless given.'),
  app_id: text('App that is taken to have shown who it is.'),
  as_account: flag('Whether whoever asks is taken to be the caller.'),
  account: partial({
    domain_id: text('ID of the account.'),
    domain_name: text('Name of the account.'),
  }),
  assume: partial({
    authorizers: {
      type: 'object',
      additionalProperties: object(
        {
          allow: flag('Whether it lets the call pass.'),
          context: { type: 'object', description: 'Values that it gives.' },
        },
        ['context'],
      ),
      description: 'What custom authorizers are taken to say, by their IDs.',
    },
    third_party: flag('Whether third-party authentication services are taken to let the call pass.'),
  }),
};
const REQUEST_RARE = [
  ...['query', 'scheme', 'headers', 'body', 'client_address', 'app_id', 'as_account', 'account', 'assume'],
];

/** What requests are explained under. */
const UNDER_FIELDS = {
  at: time('Time at which the request is taken to arrive; the present unless given.'),
  revision: whole('Past revision to explain under.', { min: 0 }),
  snapshot: { type: 'object', description: 'Snapshot to explain under.' },
};
const UNDER_RARE = ['at', 'revision', 'snapshot'];

const PASSPHRASE: Parameter = {
  name: 'X-Apig-Passphrase',
  schema: { type: 'string', format: 'password', minLength: 12 },
  description: 'Opens and seals the secrets; needed unless there are none.',
};

const probe = (path: string, title: string, answer: Operation['answer']) =>
  ({
    id: path === 'health' ? 'getHealth' : 'getReadiness',
    title,
    source: 'README of the gateway',
    method: 'GET',
    path: `${OWN}/${path}`,
    status: 200,
    isOpen: true,
    ...(answer !== undefined && { answer }),
    errors: [],
  }) as const;

/** Operations of the runtime itself, which the cloud does not have. */
export const runtimeOperations: Area = {
  title: 'runtime',
  text: 'Operations of the runtime itself, which the cloud does not have: its history, snapshots, and writes of many calls that come in force together.',
  operations: [
    probe('health', 'Ask whether the process lives', object({ status: { const: 'ok' } })),
    probe('ready', 'Ask whether it serves', object({ ready: { type: 'boolean' } })),
    {
      id: 'getMetrics',
      title: 'Read the metrics, for Prometheus',
      source: 'README of the gateway',
      method: 'GET',
      path: `${OWN}/metrics`,
      status: 200,
      answer: text('Metrics in the text form of Prometheus.'),
      answerType: 'text/plain; version=0.0.4; charset=utf-8',
      errors: CALLER,
    },
    {
      id: 'getOpenApi',
      title: 'Read this document',
      source: 'README of the gateway',
      method: 'GET',
      path: `${OWN}/openapi.json`,
      status: 200,
      answer: { type: 'object' },
      errors: CALLER,
    },
    {
      id: 'listRevisions',
      title: 'List the writes, newest first',
      source: 'README of the gateway',
      method: 'GET',
      path: `${OWN}/revisions`,
      status: 200,
      query: PAGING,
      answer: pageSchema('revisions', object(REVISION_FIELDS, RARE)),
      errors: [...CALLER, 'pathOrQueryInvalid'],
    },
    {
      id: 'getRevision',
      title: 'Read a write, with what it changed',
      source: 'README of the gateway',
      method: 'GET',
      path: `${OWN}/revisions/{revision}`,
      status: 200,
      answer: object(
        {
          ...REVISION_FIELDS,
          changes: list(object({ kind: KIND, key: KEY, before: STORED, after: STORED })),
        },
        RARE,
      ),
      errors: [...CALLER, 'pathOrQueryInvalid', 'configurationNotFound'],
    },
    {
      id: 'getConfigurationAt',
      title: 'Read what was configured at a revision',
      source: 'README of the gateway',
      method: 'GET',
      path: `${OWN}/revisions/{revision}/configuration`,
      status: 200,
      answer: SNAPSHOT,
      errors: [...CALLER, 'pathOrQueryInvalid', 'configurationNotFound'],
    },
    {
      id: 'compareRevisions',
      title: 'Compare two revisions',
      source: 'README of the gateway',
      method: 'GET',
      path: `${OWN}/revisions/{from}/differences/{to}`,
      status: 200,
      query: PAGING,
      answer: object({
        from: whole('The one revision.'),
        to: whole('The other revision.'),
        total: whole('Number of all objects that differ.'),
        size: whole('Number of those on this page.'),
        objects: list(
          object({
            kind: KIND,
            key: KEY,
            action: ACTION,
            fields: list(
              object({ field: text('Name.'), before: {}, after: {}, secret: { const: true } }, [
                'before',
                'after',
                'secret',
              ]),
            ),
          }),
        ),
      }),
      errors: [...CALLER, 'pathOrQueryInvalid', 'configurationNotFound'],
    },
    {
      id: 'listChanges',
      title: 'List the changes of objects, newest first',
      source: 'README of the gateway',
      method: 'GET',
      path: `${OWN}/changes`,
      status: 200,
      query: [
        ...PAGING,
        filter('kind', 'Only objects of this kind.'),
        filter('key', 'Only the object of this key.'),
      ],
      answer: pageSchema(
        'changes',
        object(
          {
            ...REVISION_FIELDS,
            seq: whole('Number of the change.'),
            kind: KIND,
            key: KEY,
            action: ACTION,
            fields: list(text(), 'Names of the fields that changed.'),
          },
          RARE,
        ),
      ),
      errors: [...CALLER, 'pathOrQueryInvalid'],
    },
    {
      id: 'getSnapshot',
      title: 'Read all that is configured',
      source: 'README of the gateway',
      method: 'GET',
      path: `${OWN}/snapshot`,
      status: 200,
      query: [filter('secrets', '`omit`: without secrets.')],
      headers: [PASSPHRASE],
      answer: SNAPSHOT,
      errors: [...CALLER, 'headerInvalid'],
    },
    {
      id: 'loadSnapshot',
      title: 'Have what a snapshot says, and nothing else, configured',
      source: 'README of the gateway',
      method: 'POST',
      path: `${OWN}/snapshot`,
      status: 200,
      query: [
        filter('replace', '`true`: also when something is configured.'),
        filter('adopt', '`true`: what belongs to another project becomes that of the caller.'),
      ],
      headers: [PASSPHRASE],
      request: {
        ...SNAPSHOT,
        properties: { ...(SNAPSHOT['properties'] as object), revision: {} },
        required: ['format', 'version', 'secrets', 'objects'],
      },
      answer: object({
        revision: whole('Number of the revision that is in force then.'),
        objects: whole('How many objects are configured.'),
        changes: whole('How many of them changed.'),
      }),
      errors: [
        ...CALLER,
        'bodyInvalid',
        'headerInvalid',
        'snapshotInvalid',
        'passphraseWrong',
        'configurationNotEmpty',
      ],
    },
    {
      id: 'explain',
      title: 'Tell what would become of a request, or of many, and why',
      source: 'README of the gateway',
      method: 'POST',
      path: `${OWN}/explain`,
      status: 200,
      headers: [PASSPHRASE],
      request: {
        anyOf: [
          object({ ...REQUEST_FIELDS, ...UNDER_FIELDS }, [...REQUEST_RARE, ...UNDER_RARE]),
          object(
            {
              requests: {
                ...list(
                  object(REQUEST_FIELDS, REQUEST_RARE),
                  'The requests, which are explained in their order.',
                ),
                minItems: 1,
                maxItems: 10_000,
              },
              without_stages: flag('Whether the steps are left out of the answer.'),
              ...UNDER_FIELDS,
            },
            ['without_stages', ...UNDER_RARE],
          ),
        ],
      },
      answer: {
        anyOf: [
          EXPLAINED,
          object({ explanations: list(EXPLAINED_BRIEFLY, 'In the order of the requests.') }),
        ],
      },
      errors: [
        ...CALLER,
        ...MALFORMED,
        'headerInvalid',
        'configurationNotFound',
        'snapshotInvalid',
        'passphraseWrong',
        'changesetNotFound',
      ],
    },
    {
      id: 'openChangeset',
      title: 'Open a changeset',
      source: 'README of the gateway',
      method: 'POST',
      path: `${OWN}/changesets`,
      status: 201,
      request: object({ expires_in_seconds: whole('Seconds until it expires.', { min: 1, max: 3600 }) }, [
        'expires_in_seconds',
      ]),
      requestOptional: true,
      answer: object(CHANGESET_FIELDS),
      errors: [...CALLER, 'bodyInvalid', 'valueInvalid', 'changesetQuota'],
    },
    {
      id: 'listChangesets',
      title: 'List the open changesets',
      source: 'README of the gateway',
      method: 'GET',
      path: `${OWN}/changesets`,
      status: 200,
      answer: pageSchema('changesets', object(CHANGESET_FIELDS)),
      errors: CALLER,
    },
    {
      id: 'getChangeset',
      title: 'Read what is staged in a changeset',
      source: 'README of the gateway',
      method: 'GET',
      path: `${OWN}/changesets/{id}`,
      status: 200,
      answer: object({
        ...CHANGESET_FIELDS,
        changes: list(object({ kind: KIND, key: KEY, action: ACTION, fields: list(text()) })),
        conflicts: list(
          object({ kind: KIND, id: text('ID of the object.'), reason: text('What stands against it.') }),
          'Why it cannot be committed.',
        ),
      }),
      errors: [...CALLER, 'changesetNotFound'],
    },
    {
      id: 'commitChangeset',
      title: 'Put what is staged in force',
      source: 'README of the gateway',
      method: 'POST',
      path: `${OWN}/changesets/{id}/commit`,
      status: 200,
      answer: object({
        id: text('ID of the changeset.'),
        revision: whole('Number of the revision that is in force then.'),
        changes: whole('How many objects changed.'),
      }),
      errors: [...CALLER, 'changesetNotFound', 'changesetConflict', 'headerInvalid'],
    },
    {
      id: 'withdrawChangeset',
      title: 'Withdraw a changeset, without a trace',
      source: 'README of the gateway',
      method: 'DELETE',
      path: `${OWN}/changesets/{id}`,
      status: 204,
      errors: [...CALLER, 'changesetNotFound'],
    },
  ],
};
