import { z } from 'zod';
import { automatic, describe, generated, immutable, ref, secret, wire, type Fault } from '../describe.ts';
import { nameOfWord } from '../names.ts';

/**
 * A key with which the gateway signs its calls to backends, so that these can refuse others. It acts on the APIs to
 * which it is bound. Source: API reference, "Creating a Signature Key".
 */
export const signatureKey = describe({
  kind: 'signatureKey',
  title: 'signature key',
  path: 'instances/{gatewayId}/signs',
  operations: { shape: 'collection', listKey: 'signs', read: { by: 'list' }, updates: true, patches: true },
  missing: 'signatureKeyNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'signatureKeyNameTaken' },
  quota: { config: 'SIGN_NUM_LIMIT', limit: 200, within: ['gatewayId'], error: 'signatureKeyQuota' },
  input: {
    /** Gateway that has the key. Changing it replaces the signature key. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 64 letters, digits and underscores, starting with a letter; unique in the gateway. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(nameOfWord()),
    /** How the gateway signs calls to a backend. Default: `hmac`. */
    type: wire('sign_type', z.enum(['hmac', 'basic', 'public_key', 'aes']).default('hmac')),
    /** Key ID (`hmac`), user name (`basic`), public key (`public_key`) or AES key (`aes`). Left out: generated. */
    key: wire('sign_key', secret(generated(z.string()))),
    /** Secret (`hmac`), password (`basic`), private key (`public_key`) or initialisation vector (`aes`). Left out: generated. */
    secret: wire('sign_secret', secret(generated(z.string()))),
    /** Cipher of an `aes` key; required there, meaningless elsewhere. */
    algorithm: wire('sign_algorithm', z.enum(['aes-128-cfb', 'aes-256-cfb']).optional()),
  },
  output: {
    /** Time of creation, RFC 3339 in UTC. */
    createTime: z.string(),
  },
  rules: [
    {
      on: ['type', 'algorithm'],
      check: ({ type, algorithm }) =>
        (type === 'aes') === (algorithm !== undefined)
          ? []
          : [
              {
                path: ['algorithm'],
                message:
                  type === 'aes' ? 'expected aes-128-cfb or aes-256-cfb' : 'expected only with type aes',
              },
            ],
    },
    {
      on: ['type', 'key'],
      check: ({ type, key, algorithm }) => inForm('key', key, keyForm(type, algorithm)),
    },
    { on: ['type', 'secret'], check: ({ type, secret }) => inForm('secret', secret, SECRET_FORMS[type]) },
  ],
});

/** A pattern and the words that complete "expected …". */
type Form = readonly [RegExp, string];
type KeyType = 'hmac' | 'basic' | 'public_key' | 'aes';

const KEY_FORMS: Record<Exclude<KeyType, 'aes'>, Form> = {
  hmac: [/^[A-Za-z0-9][\w-]{7,31}$/, '8 to 32 letters, digits, _ and -, starting with a letter or digit'],
  basic: [/^[A-Za-z][\w-]{3,31}$/, '4 to 32 letters, digits, _ and -, starting with a letter'],
  public_key: [
    /^[A-Za-z0-9+/][\w+/=.-]{7,511}$/,
    '8 to 512 letters, digits and _-+/=., starting with a letter, digit, + or /',
  ],
};

const SECRET_FORMS: Record<KeyType, Form> = {
  hmac: [
    /^[A-Za-z0-9][\w!@#$%-]{15,63}$/,
    '16 to 64 letters, digits and _-!@#$%, starting with a letter or digit',
  ],
  basic: [
    /^[A-Za-z0-9][\w!@#$%-]{7,63}$/,
    '8 to 64 letters, digits and _-!@#$%, starting with a letter or digit',
  ],
  public_key: [
    /^[A-Za-z0-9+/][\w!@#$%+/=-]{14,2047}$/,
    '15 to 2048 letters, digits and _-!@#$%+/=, starting with a letter, digit, + or /',
  ],
  aes: [/^[\w!@#$%+/=-]{16}$/, '16 letters, digits and _-!@#$%+/='],
};

function keyForm(type: KeyType, algorithm: string | undefined): Form {
  if (type !== 'aes') return KEY_FORMS[type];
  const length = algorithm === 'aes-256-cfb' ? 32 : 16;
  return [new RegExp(`^[\\w!@#$%+/=-]{${length}}$`), `${length} letters, digits and _-!@#$%+/=`];
}

function inForm(field: string, value: string | undefined, [regex, expected]: Form): readonly Fault[] {
  return value === undefined || regex.test(value) ? [] : [{ path: [field], message: `expected ${expected}` }];
}
