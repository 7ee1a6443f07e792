import { pageSchema, PAGING, schemaRef, type Area } from './operation.ts';
import { code, filter, INSIDE, list, MISPAGED, needed, object, text, time } from './schemas.ts';
import { API_ROW, placeFilters } from './rows.ts';

const APPS = 'instances/{gatewayId}/apps';

/** What is done with apps besides the usual operations. */
export const appOperations: Area = {
  title: 'app',
  operations: [
    {
      id: 'resetAppSecret',
      title: 'Change the secret',
      source: 'API reference, "Resetting the AppSecret of an App"',
      method: 'PUT',
      path: `${APPS}/secret/{appId}`,
      status: 200,
      request: {
        type: 'object',
        properties: {
          app_secret: {
            ...text('8 to 128 characters. Left out, or empty: it is generated.'),
            format: 'password',
            writeOnly: true,
          },
        },
      },
      requestOptional: true,
      answer: schemaRef('App'),
      errors: [...INSIDE, 'bodyInvalid', 'valueInvalid', 'appNotFound'],
    },
    {
      id: 'checkApp',
      title: 'Ask whether it is there',
      source: 'API reference, "Verifying an App"',
      method: 'GET',
      path: `${APPS}/validation/{appId}`,
      status: 200,
      answer: object({ id: text('ID.'), name: text('Name.'), remark: text('Remark.') }),
      errors: [...INSIDE, 'appNotFound'],
    },
    {
      id: 'getQuotaOfApp',
      title: 'Read its quota',
      source: 'API reference, "Querying the Quota of an App"',
      method: 'GET',
      path: `${APPS}/{appId}/bound-quota`,
      status: 200,
      answer: schemaRef('AppQuota'),
      errors: [...INSIDE, 'appNotFound', 'appQuotaNotFound'],
    },
  ],
};

/** What is listed of quotas and apps besides what is bound. */
export const appQuotaOperations: Area = {
  title: 'app quota binding',
  operations: [
    {
      id: 'listBindableApps',
      title: 'List the apps that it is not bound to',
      source: 'API reference, "Querying Apps to Which an App Quota Can Be Bound"',
      method: 'GET',
      path: 'instances/{gatewayId}/app-quotas/{quotaId}/bindable-apps',
      status: 200,
      query: [...PAGING, filter('app_name', 'Only apps with this in their names.')],
      answer: pageSchema(
        'apps',
        object(
          {
            app_id: text('ID of the app.'),
            name: text('Name of the app.'),
            status: code([1, 2], '1: enabled; 2: disabled.'),
            app_key: text('AppKey.'),
            remark: text('Remark.'),
            register_time: time('Time of creation.'),
            update_time: time('Time of the last change.'),
            app_quota_id: text('ID of the quota that it has; empty when it has none.'),
            app_quota_name: text('Name of that quota.'),
            bound_time: time('Time since when it has that quota; left out when it has none.'),
          },
          ['bound_time'],
        ),
      ),
      errors: [...INSIDE, ...MISPAGED, 'appQuotaNotFound'],
    },
  ],
};

/** An authorization, as its lists show it. */
const AUTHORIZATION = object({
  id: text('ID of the authorization.'),
  api_id: text('ID of the API.'),
  api_name: text('Name of the API.'),
  group_id: text('ID of its group.'),
  group_name: text('Name of its group.'),
  api_type: code([1, 2], '1: public; 2: private.'),
  api_remark: text('Remark of the API.'),
  env_id: text('ID of the environment.'),
  env_name: text('Name of the environment.'),
  publish_id: text('ID of the publication; empty when there is none.'),
  auth_role: text('Who authorized.'),
  auth_tunnel: text('How.'),
  auth_whitelist: list(text()),
  auth_blacklist: list(text()),
  auth_time: time('Time of the authorization.'),
  visit_param: text(),
  app_id: text('ID of the app.'),
  app_name: text('Name of the app.'),
  app_remark: text('Remark of the app.'),
  app_type: text('Kind of app.'),
  app_creator: text('Who created it.'),
  roma_app_type: text(),
});

/** What is listed of authorizations besides the APIs of an app. */
export const appAuthorizationOperations: Area = {
  title: 'app authorization',
  operations: [
    {
      id: 'listAppsOfApi',
      title: 'List the authorizations of an API, or of all',
      source: 'API reference, "Querying Apps Bound to an API"',
      method: 'GET',
      path: 'instances/{gatewayId}/app-auths/binded-apps',
      status: 200,
      query: [
        ...PAGING,
        filter('app_id', 'Only this app.'),
        filter('app_name', 'Only apps with this in their names.'),
        ...placeFilters(),
      ],
      answer: pageSchema('auths', AUTHORIZATION),
      errors: [...INSIDE, ...MISPAGED, 'apiNotFound'],
    },
    {
      id: 'listUnauthorizedApis',
      title: 'List the APIs that an app may not call',
      source: 'API reference, "Querying APIs Not Bound to an App"',
      method: 'GET',
      path: 'instances/{gatewayId}/app-auths/unbinded-apis',
      status: 200,
      query: [
        ...PAGING,
        needed('app_id', 'ID of the app.'),
        needed('env_id', 'ID of the environment.'),
        ...placeFilters('env_id'),
      ],
      answer: pageSchema('apis', object(API_ROW)),
      errors: [...INSIDE, ...MISPAGED, 'valueMissing', 'appNotFound', 'environmentNotFound'],
    },
  ],
};
