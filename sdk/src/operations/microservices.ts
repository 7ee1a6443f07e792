import type { Area } from './operation.ts';
import { choice, flag, INSIDE, list, MALFORMED, object, someText, text, whole } from './schemas.ts';

const LABEL = object({
  label_name: someText('Name of the label.', 63),
  label_value: someText('Value of the label.', 63),
});

const ENGINE = object(
  {
    engine_id: someText('ID of the microservice engine.', 64),
    service_id: someText('ID of the service in the engine.', 64),
    version: text('Version of the instances. Left out: all.'),
  },
  ['version'],
);

const WORKLOAD = object(
  {
    cluster_id: someText('ID of the cluster.', 64),
    namespace: someText('Namespace in the cluster.', 64),
    workload_type: choice(['deployment', 'statefulset', 'daemonset'], 'Kind of workload.'),
    app_name: text('Name of the workload. Left out: it is found by its label.'),
    label_key: text('Name of that label.'),
    label_value: text('Value of that label.'),
    version: text('Version of the instances. Left out: all.'),
    port: whole('Port of instances that are registered without one.', { min: 1, max: 65_535 }),
    labels: list(LABEL, 'Labels that all instances have.'),
  },
  ['app_name', 'label_key', 'label_value', 'version', 'labels'],
);

const METHOD = choice(
  ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY'],
  'Method, of callers and at the backend. `ANY` unless given.',
);

const MATCH_MODE = choice(['NORMAL', 'SWA'], 'How paths are compared. `SWA` unless given: by prefix.');

/** What is done with microservices. */
export const microserviceOperations: Area = {
  title: 'microservices',
  text: 'Services of an engine (CSE) or workloads of a cluster (CCE) as backends of APIs. A gateway knows those that it is told of when it is started.',
  operations: [
    {
      id: 'importMicroservice',
      title: 'Make a channel to a microservice, and APIs that lead to it',
      source: 'API reference, "Importing a Microservice"',
      method: 'POST',
      path: 'instances/{gatewayId}/microservice/import',
      status: 201,
      request: object(
        {
          group_info: object(
            {
              group_id: text('ID of the group that gets the APIs. Left out: one is made.'),
              group_name: text('Name of the group that is made.'),
              app_id: text('Not used.'),
            },
            ['group_id', 'group_name', 'app_id'],
          ),
          service_type: choice(['CSE', 'CCE'], 'Who knows the instances.'),
          protocol: choice(
            ['HTTP', 'HTTPS'],
            'Protocol of callers and of the microservice. `HTTPS` unless given.',
          ),
          apis: {
            ...list(
              object(
                {
                  name: text('Name. Left out: made of method and path.'),
                  req_method: METHOD,
                  req_uri: someText(
                    'Path, of callers and at the backend. Its parameters are passed on.',
                    512,
                  ),
                  match_mode: MATCH_MODE,
                },
                ['name', 'req_method', 'match_mode'],
              ),
              'The APIs.',
            ),
            minItems: 1,
            maxItems: 50,
          },
          backend_timeout: whole('Milliseconds that the microservice is given. 5000 unless given.', {
            min: 1,
            max: 600_000,
          }),
          auth_type: choice(['NONE', 'APP', 'IAM'], 'Who may call the APIs. `NONE` unless given.'),
          cors: flag('Whether answers say that pages of all origins may read them. False unless given.'),
          cse_info: { ...ENGINE, description: 'The service of an engine; needed with `CSE`.' },
          cce_info: { ...WORKLOAD, description: 'The workload of a cluster; needed with `CCE`.' },
        },
        ['protocol', 'backend_timeout', 'auth_type', 'cors', 'cse_info', 'cce_info'],
      ),
      answer: object({
        vpc_channel_id: text('ID of the channel.'),
        api_group_id: text('ID of the group.'),
        apis: list(
          object({
            id: text('ID of the API.'),
            name: text('Its name.'),
            req_uri: text('Its path.'),
            req_method: text('Its method.'),
            match_mode: choice(['NORMAL', 'SWA'], 'How paths are compared.'),
          }),
          'The APIs, which are not published.',
        ),
      }),
      errors: [
        ...INSIDE,
        ...MALFORMED,
        'valueTooSmall',
        'valueTooLarge',
        'microserviceInvalid',
        'microserviceEngineInvalid',
        'microserviceUnavailable',
        'apiGroupNotFound',
        'apiGroupNameTaken',
        'apiGroupQuota',
        'loadBalanceChannelQuota',
        'apiNameTaken',
        'apiPathTaken',
        'apiQuota',
        'apiPerGroupQuota',
      ],
    },
  ],
};
