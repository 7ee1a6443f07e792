/**
 * What operations answer that the documented API does not have: name -> code, status, message. Those of the runtime
 * itself have codes that begin with `RUNTIME`, those of its identity service with `IAM`, and what any server can answer,
 * before an operation is found, has the code that callers of an API meet.
 */
export const runtimeErrors = {
  headerInvalid: row('RUNTIME.0001', 400, 'Invalid header {name}: {reason}'),

  snapshotInvalid: row('RUNTIME.0010', 400, 'The snapshot is not valid: {reason}'),
  passphraseWrong: row('RUNTIME.0011', 400, 'The secrets of the snapshot do not open with this passphrase.'),
  configurationNotEmpty: row(
    'RUNTIME.0012',
    409,
    'Something is configured already: give replace=true to have the snapshot in its place.',
  ),

  changesetNotFound: row(
    'RUNTIME.0020',
    404,
    'The changeset {id} is not open: it may be committed, withdrawn or expired.',
  ),
  changesetQuota: row('RUNTIME.0021', 409, 'There may be at most {limit} open changesets.'),
  changesetFull: row('RUNTIME.0022', 409, 'A changeset may change at most {limit} objects.'),
  changesetConflict: row('RUNTIME.0023', 409, 'The changeset {id} is not committed. {reason}'),

  loginNotOffered: row('IAM.0400', 400, 'The request is not one for a token that is offered here.'),
  loginRefused: row('IAM.0401', 401, 'The name, the secret or the scope is wrong.'),
  tokenNotFound: row('IAM.0404', 404, 'The token does not exist.'),
  tooManyLogins: row('IAM.0429', 429, 'Too many failed logins.'),

  pathUnknown: row('APIG.0101', 404, 'There is no such operation.'),
  methodUnknown: row('APIG.0101', 405, 'The operation has another method.'),
  hostUnknown: row(
    'APIG.0101',
    421,
    'This server does not answer to that host name. Names of its own are given with --management-names.',
  ),
  bodyTooLong: row('APIG.2000', 413, 'The request body is not valid: expected at most {limit} bytes'),
} as const;

/** One row of {@link runtimeErrors}. */
export interface RuntimeErrorEntry<
  Code extends string = string,
  Status extends number = number,
  Message extends string = string,
> {
  readonly code: Code;
  readonly status: Status;
  /** Text with `{field}` placeholders. */
  readonly message: Message;
}

function row<Code extends string, Status extends number, Message extends string>(
  code: Code,
  status: Status,
  message: Message,
): RuntimeErrorEntry<Code, Status, Message> {
  return { code, status, message };
}
