import type { Aspect, CollectionShape, Description } from '../describe.ts';
import type { ControlErrorName } from '../errors.ts';
import { fieldsOf, type JsonSchema } from '../fields.ts';
import type { FieldComments } from './comments.ts';
import { wireSchema } from './json-schemas.ts';
import type { KindErrors } from './kind-errors.ts';
import { listQuery } from '../operations/kinds.ts';
import type { Kind } from '../resources/index.ts';
import { code, listed } from './markdown.ts';
import {
  capitalized,
  objectSchema,
  pageSchema,
  PAGING,
  schemaRef,
  TEXT,
  type Operation,
  type Parameter,
} from '../operations/operation.ts';

/** The operations of a kind with the usual ones: POST and GET on a collection, GET, PUT and DELETE on an item. */
export function collectionOperations(
  description: Description,
  shape: CollectionShape,
  comments: FieldComments,
  errors: KindErrors,
): readonly Operation[] {
  const { kind, path } = description;
  const { createdIdKey, generatedBy, listKey, listsOf, read, status } = shape;
  const name = capitalized(kind);
  const item = `${path}/{id}`;
  const object = schemaRef(name);
  const onItem = [...errors.caller, ...errors.parents, ...errors.missing];
  const changing = [...onItem, ...errors.changes, ...errors.update];
  const creating = [
    ...errors.caller,
    ...errors.parents,
    ...errors.references,
    ...errors.input,
    ...errors.quota,
    ...errors.create,
  ];
  const created =
    createdIdKey === undefined ? object : objectSchema({ [createdIdKey]: TEXT }, [createdIdKey]);
  const operations: (Operation | undefined)[] = [
    {
      id: `create${name}`,
      title: 'Create',
      method: 'POST',
      path,
      status: status?.create ?? 201,
      request: schemaRef(`${name}Create`),
      answer: created,
      errors: creating,
    },
    generatedBy === undefined
      ? undefined
      : {
          id: `generate${name}`,
          title: `Create, with a generated ${code(generatedBy)}`,
          method: 'PUT',
          path,
          status: 201,
          answer: created,
          errors: [...errors.caller, ...errors.parents, ...errors.quota, ...errors.create],
        },
    read.by === 'parent'
      ? {
          ...readOf(name, onItem),
          title: `Read, in ${code(read.array)} of the answer`,
          path: read.path,
          borrowed: true,
        }
      : {
          id: `list${name}`,
          title: read.by === 'list' ? 'List, and read' : 'List',
          method: 'GET',
          path,
          status: 200,
          query: queryOf(description, listsOf),
          answer: pageSchema(listKey, object),
          errors: [
            ...errors.caller,
            ...errors.parents,
            'pathOrQueryInvalid',
            ...(listsOf === undefined
              ? []
              : [...errors.ofFields([listsOf]).slice(3), 'valueMissing' as const]),
          ],
        },
    read.by === 'get' ? { ...readOf(name, onItem), path: item, answer: object } : undefined,
    shape.updates
      ? {
          id: `update${name}`,
          title: 'Update',
          method: 'PUT',
          path: item,
          status: status?.update ?? 200,
          request: schemaRef(`${name}Update`),
          answer: object,
          errors: changing,
        }
      : undefined,
    ...(shape.aspects ?? []).flatMap((aspect) =>
      aspectOperations(description, aspect, comments, onItem, errors),
    ),
    {
      id: `delete${name}`,
      title: 'Delete',
      method: 'DELETE',
      path: item,
      status: status?.delete ?? 204,
      errors: [...onItem, ...errors.remove],
    },
  ];
  return operations.filter((operation) => operation !== undefined);
}

/** How a list is narrowed, and what it must be asked for. */
function queryOf(description: Description, listsOf: string | undefined): readonly Parameter[] {
  // The names of the registry are those of the descriptions.
  const filters = listQuery(description.kind as Kind);
  if (listsOf === undefined) return [...PAGING, ...filters];
  const owner = ownerQuery(description, listsOf);
  return [...PAGING, owner, ...filters.filter(({ name }) => name !== owner.name)];
}

/** The object whose objects are listed. */
function ownerQuery({ input }: Description, name: string): Parameter {
  const field = fieldsOf(input).find((each) => each.name === name);
  return {
    name: field?.wire ?? name,
    schema: TEXT,
    required: true,
    description: `ID of kind ${code(field?.marks.ref ?? name)}.`,
  };
}

function readOf(name: string, errors: readonly ControlErrorName[]): Omit<Operation, 'path'> {
  return { id: `get${name}`, title: 'Read', method: 'GET', status: 200, errors };
}

function aspectOperations(
  description: Description,
  aspect: Aspect,
  comments: FieldComments,
  onItem: readonly ControlErrorName[],
  errors: KindErrors,
): readonly Operation[] {
  const setting = [...onItem, ...errors.ofFields(aspect.fields), ...(aspect.errors ?? [])];
  const [adding, changing] = [aspect.addErrors ?? [], aspect.changeErrors ?? []];
  const { add, change, fields, remove, readPath, status } = aspect;
  const name = capitalized(description.kind) + fields.map(capitalized).join('And');
  const what = listed(fields.map(code));
  const at = `${description.path}/{id}`;
  const schema = aspectSchema(description, aspect, comments);
  const path = `${at}/${aspect.path}`;
  const body = (success: number) => (success === 204 ? {} : { answer: { type: 'object' } });
  const [added, changed, removed] = [status?.add ?? 201, status?.change ?? 200, status?.remove ?? 204];
  const operations: (Operation | undefined)[] = [
    {
      id: `${add === change ? 'set' : 'add'}${name}`,
      title: `${add === change ? 'Set' : 'Set first'} ${what}`,
      method: add,
      path,
      status: added,
      request: schema,
      ...body(added),
      errors: [...setting, ...adding, ...(add === change ? changing : [])],
    },
    add === change
      ? undefined
      : {
          id: `change${name}`,
          title: `Change ${what}`,
          method: change,
          path,
          status: changed,
          // What has a value already keeps it.
          request: objectSchema(schema['properties'] as Readonly<Record<string, JsonSchema>>),
          ...body(changed),
          errors: [...setting, ...changing],
        },
    remove === undefined
      ? undefined
      : {
          id: `remove${name}`,
          title: `Remove ${what}`,
          method: remove,
          path: `${at}/${aspect.removePath ?? aspect.path}`,
          status: removed,
          ...(remove === 'POST' && { request: schema }),
          ...body(removed),
          errors:
            remove === 'POST'
              ? [...onItem, ...errors.ofFields([]), ...(aspect.removeErrors ?? [])]
              : [...onItem],
        },
    readPath === undefined
      ? undefined
      : {
          id: `get${name}`,
          title: `Read ${what}`,
          method: 'GET',
          path: `${at}/${readPath}`,
          status: 200,
          answer: wireSchema(description.input, comments, without(description, fields)),
          errors: onItem,
        },
  ];
  return operations.filter((operation) => operation !== undefined);
}

function aspectSchema(description: Description, aspect: Aspect, comments: FieldComments): JsonSchema {
  const schema = wireSchema(description.input, comments, without(description, aspect.fields));
  const fields = fieldsOf(description.input);
  const nameOf = (wire: string) =>
    aspect.names?.[fields.find((each) => each.wire === wire)?.name ?? ''] ?? wire;
  const properties = Object.fromEntries(
    Object.entries(schema['properties'] as Readonly<Record<string, JsonSchema>>).map(([wire, property]) => [
      nameOf(wire),
      property,
    ]),
  );
  if (!aspect.byEntry) {
    const chosen = fieldsOf(description.input).filter(({ marks }) => marks.generated);
    const isChosen = (name: string) => chosen.some(({ wire }) => wire === name);
    return objectSchema(
      properties,
      Object.keys(properties).filter((name) => !isChosen(name)),
    );
  }
  const action = {
    type: 'string',
    enum: ['create', 'delete'],
    description: 'What is done with the entries.',
  };
  return objectSchema({ action, ...properties }, ['action', ...Object.keys(properties)]);
}

function without({ input }: Description, fields: readonly string[]): readonly string[] {
  return fieldsOf(input)
    .map(({ name }) => name)
    .filter((name) => !fields.includes(name));
}
