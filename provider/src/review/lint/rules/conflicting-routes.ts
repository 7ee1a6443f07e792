import type { Rule } from '../rule.ts';
import { grouped, shapeOf } from '../shapes.ts';

/** Two APIs of a group that answer the same requests. */
export const conflictingRoutes: Rule = {
  name: 'conflicting-routes',
  severity: 'error',
  title: 'Two APIs of a group have the same method and path; the service takes one of them only.',
  check: (view) =>
    grouped(view.all('api'), ({ body }) => JSON.stringify([body['groupId'], shapeOf(body)])).flatMap(
      ([first, ...others]) =>
        others.map((object) => ({
          object,
          message: `API ${String(object.body['name'])} has the method and path of API ${String(first?.body['name'])}: ${String(object.body['method'])} ${String(object.body['path'])}.`,
        })),
    ),
};
