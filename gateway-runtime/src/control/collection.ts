import { descriptionOf, fail, fieldsOf, type Json } from '@apig/sdk/contract';
import type { ConfigurationReader, Stored, StoredKind } from '../store/configuration.ts';
import type { ControlCall, ControlRoute } from './call.ts';
import { viewOf, write, type ControlContext, type View } from './context.ts';
import type { Answers, Collection, CollectionKind, Filter, Rules } from './kinds.ts';
import { required } from './lookup.ts';
import { createObject, deleteObject, objectOf, parentsOf, updateObject } from './objects.ts';
import { listAnswer } from './paging.ts';
import { siblings } from './siblings.ts';

/** All that serves a kind: its description, and what that cannot say. */
export function collectionOf<K extends CollectionKind>(
  kind: K,
  rules: Rules<K>,
  answers: Answers<K>,
): Collection<K> {
  const description = descriptionOf(kind);
  const shape = description.operations;
  if (shape.shape !== 'collection') throw new Error(`${kind} has no collection`);
  return { kind, description, shape, rules, answers };
}

/** The usual operations of a kind, as far as the service has them: create and list on the collection; get, update and delete on an item. */
export function collectionRoutes<K extends CollectionKind>(
  collection: Collection<K>,
  context: ControlContext,
): readonly ControlRoute[] {
  const { description, shape, answers } = collection;
  const { path } = description;
  const item = `${path}/{id}`;
  const { generatedBy, read, status } = shape;
  const routes: ControlRoute[] = [];

  const create = (call: ControlCall, body: Json) =>
    write(context, call, (scope) => {
      const object = createObject(collection, call, body, scope);
      return (answers.created ?? answers.item)(object, scope.view);
    });
  routes.push({
    method: 'POST',
    path,
    status: status?.create ?? 201,
    answer: (call) => {
      if (generatedBy !== undefined) assertGiven(collection, generatedBy, call.body);
      return create(call, call.body);
    },
  });
  if (generatedBy !== undefined) {
    routes.push({ method: 'PUT', path, status: 201, answer: (call) => create(call, {}) });
  }
  if (read.by !== 'parent') {
    routes.push({
      method: 'GET',
      path,
      status: 200,
      answer: (call) => list(collection, call, viewOf(context, call)),
    });
  }
  if (read.by === 'get') {
    routes.push({
      method: 'GET',
      path: item,
      status: 200,
      answer: (call) => {
        const view = viewOf(context, call);
        return answers.item(objectOf(collection, call, view.configuration), view);
      },
    });
  }
  if (shape.updates) {
    routes.push({
      method: 'PUT',
      path: item,
      status: status?.update ?? 200,
      answer: (call) =>
        write(context, call, (scope) => answers.item(updateObject(collection, call, scope), scope.view)),
    });
  }
  routes.push({
    method: 'DELETE',
    path: item,
    status: status?.delete ?? 204,
    answer: (call) => write(context, call, (scope) => deleteObject(collection, call, scope)),
  });
  return routes;
}

/** Whether an object passes all filters that a list is asked for. */
export function matchesAll<K extends StoredKind>(
  filters: Readonly<Record<string, Filter<K>>>,
  object: Stored<K>,
  { query }: ControlCall,
  view: View,
): boolean {
  // A list asks this of every object: what is not asked for costs nothing.
  for (const name in query) {
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
    if (filter !== undefined && !matches(filter, name, object, query, view)) return false;
  }
  return true;
}

function matches<K extends StoredKind>(
  filter: Filter<K>,
  name: string,
  object: Stored<K>,
  query: ControlCall['query'],
  view: View,
): boolean {
  const text = query[name] ?? '';
  if (text === '') return true;
  if (filter.match === 'oneOf') return filter.of(object, view).includes(text);
  const value = filter.of(object, view);
  if (filter.match === 'whole') return value === text;
  const precise = (query['precise_search'] ?? '').split(',');
  return precise.includes(name) ? value === text : value.includes(text);
}

function list<K extends CollectionKind>(
  { kind, description, shape, answers }: Collection<K>,
  call: ControlCall,
  view: View,
): Json {
  const { configuration } = view;
  const parents =
    description.parents.length === 0
      ? { projectId: call.account.projectId }
      : parentsOf(description, call, configuration);
  assertOwnerNamed({ description, shape }, call, configuration);
  const show = answers.listed ?? answers.item;
  const { filters = {} } = answers;
  const isFiltered = Object.keys(filters).some((name) => (call.query[name] ?? '') !== '');
  const all = siblings(configuration, kind, Object.keys(parents), parents);
  const objects = isFiltered ? all.filter((object) => matchesAll(filters, object, call, view)) : all;
  return listAnswer(call, shape.listKey, objects.toReversed(), (object) => show(object, view, call.query));
}

/** @throws valueMissing, or the "does not exist" error, unless the list is asked for the objects of one that is there. */
function assertOwnerNamed(
  { description, shape }: Pick<Collection<CollectionKind>, 'description' | 'shape'>,
  { params, query }: ControlCall,
  configuration: ConfigurationReader,
): void {
  const field = fieldsOf(description.input).find(({ name }) => name === shape.listsOf);
  if (field === undefined) return;
  const id = query[field.wire] ?? '';
  if (id === '') throw fail('valueMissing', { field: field.wire });
  // An owner is an object of the gateway: its field says which kind.
  const kind = field.marks.ref as Exclude<StoredKind, 'gateway'>;
  required(configuration, kind, params['gatewayId'] ?? '', id);
}

/** @throws valueMissing: a value that may be left out is generated by another operation. */
function assertGiven(
  { description }: Pick<Collection<CollectionKind>, 'description'>,
  name: string,
  body: Json,
): void {
  const field = fieldsOf(description.input).find((each) => each.name === name);
  if (field && (body[field.wire] ?? '') === '') throw fail('valueMissing', { field: field.wire });
}
