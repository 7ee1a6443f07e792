import type { Description } from '../describe.ts';
import { filter, precise } from '../operations/schemas.ts';
import { fieldsOf } from '../fields.ts';
import type { FieldComments } from './comments.ts';
import { wireSchema } from './json-schemas.ts';
import type { KindErrors } from './kind-errors.ts';
import {
  objectSchema,
  pageSchema,
  PAGING,
  schemaRef,
  TEXT,
  type Operation,
} from '../operations/operation.ts';

/** The operations of an API in force in an environment. */
export function publicationOperations(
  { input, output, path, parents }: Description,
  comments: { readonly input: FieldComments; readonly output: FieldComments },
  errors: KindErrors,
): readonly Operation[] {
  const request = wireSchema(input, comments.input, parents);
  const asked = request['properties'] as Readonly<Record<string, object>>;
  const shown = wireSchema(output, comments.output)['properties'] as Readonly<Record<string, object>>;
  const given = fieldsOf(input).filter(({ name }) => !parents.includes(name));
  const needed = given.filter(({ optional, marks }) => !optional && !marks.local).map(({ wire }) => wire);
  const published = objectSchema({ ...asked, ...shown, publish_time: TEXT }, [
    'publish_id',
    'api_id',
    'env_id',
  ]);
  const reading = [...errors.caller, ...errors.parents, ...errors.references];
  const history = `${path}/publish/{apiId}`;
  return [
    {
      id: 'publishApi',
      title: 'Publish, or take offline',
      method: 'POST',
      path: `${path}/action`,
      status: 201,
      request: objectSchema({ action: { type: 'string', enum: ['online', 'offline'] }, ...asked }, [
        'action',
        ...needed,
      ]),
      answer: published,
      errors: [...reading, ...errors.input, ...errors.missing, ...errors.create],
    },
    {
      id: 'listApiPublications',
      title: 'List the versions that were published',
      method: 'GET',
      path: history,
      status: 200,
      query: [
        ...PAGING,
        { name: 'env_id', schema: TEXT, description: 'Only those in this environment.' },
        filter('env_name', 'Only those in environments with this in their names.'),
        precise(['env_name']),
      ],
      answer: pageSchema(
        'api_versions',
        objectSchema({
          ...asked,
          ...shown,
          status: { type: 'integer', enum: [1, 2], description: '1: in force; 2: not.' },
          publish_time: TEXT,
        }),
      ),
      errors: [...errors.caller, ...errors.parents, 'apiNotFound', 'pathOrQueryInvalid'],
    },
    {
      id: 'switchApiVersion',
      title: 'Put another version in force',
      method: 'PUT',
      path: history,
      status: 200,
      request: objectSchema({ version_id: TEXT }, ['version_id']),
      answer: published,
      errors: [
        ...errors.caller,
        ...errors.parents,
        'apiNotFound',
        ...errors.input,
        ...errors.missing,
        'apiVersionNotFound',
      ],
    },
    {
      id: 'getApiVersion',
      title: 'Read a version',
      method: 'GET',
      path: `${path}/versions/{versionId}`,
      status: 200,
      answer: schemaRef('Api'),
      errors: [...errors.caller, ...errors.parents, 'apiVersionNotFound'],
    },
  ];
}
