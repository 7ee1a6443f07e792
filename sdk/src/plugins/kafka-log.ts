import { z } from 'zod';

/** What a log may tell of a call. Source: user guide, "Configuring a Kafka Log Push Policy". */
export const LOG_FIELDS = [
  ...(['start_time', 'request_id', 'client_ip', 'api_id', 'user_name', 'app_id', 'access_model1'] as const),
  ...(['request_time', 'http_status', 'server_protocol', 'scheme', 'request_method', 'host'] as const),
  ...(['api_uri_mode', 'uri', 'request_size', 'response_size', 'upstream_uri', 'upstream_addr'] as const),
  ...(['upstream_status', 'upstream_connect_time', 'upstream_header_time'] as const),
  ...(['upstream_response_time', 'all_upstream_response_time', 'region_id', 'auth_type'] as const),
  ...(['http_x_forwarded_for', 'http_user_agent', 'error_type', 'access_model2', 'inner_time'] as const),
  ...(['proxy_protocol_vni', 'proxy_protocol_vpce_id', 'proxy_protocol_addr', 'body_bytes_sent'] as const),
  ...(['api_name', 'app_name', 'provider_app_id', 'provider_app_name', 'custom_data_log01'] as const),
  ...(['custom_data_log02', 'custom_data_log03', 'custom_data_log04', 'custom_data_log05'] as const),
  ...(['custom_data_log06', 'custom_data_log07', 'custom_data_log08', 'custom_data_log09'] as const),
  ...(['custom_data_log10', 'response_source'] as const),
] as const;

/** A field of a log. */
export type LogField = (typeof LOG_FIELDS)[number];

/** The fields that are told of unless they are switched off. Source: as above. */
export const USUAL_LOG_FIELDS: readonly LogField[] = [
  ...(['start_time', 'request_id', 'client_ip', 'request_time', 'http_status', 'scheme'] as const),
  ...(['request_method', 'host', 'uri', 'upstream_addr', 'upstream_status'] as const),
  ...(['upstream_response_time', 'http_x_forwarded_for', 'http_user_agent', 'error_type'] as const),
];

/** Names, comma-separated. */
const filter = () => z.string().max(4096).nullish();
const flag = () => z.boolean().nullish();
const keys = () => z.array(z.string().min(1).max(64)).max(100).nullish();

const sasl = z
  .looseObject({
    security_protocol: z.enum(['PLAINTEXT', 'SASL_PLAINTEXT', 'SASL_SSL']).default('PLAINTEXT'),
    sasl_mechanisms: z.enum(['PLAIN']).or(z.literal('')).nullish(),
    sasl_username: z.string().max(255).nullish(),
    sasl_password: z.string().max(255).nullish(),
    /** PEM of the issuers of the brokers' certificates. */
    ssl_ca_content: z.string().max(32_768).nullish(),
  })
  .refine(
    ({ security_protocol: protocol, sasl_username: user, sasl_password: password }) =>
      protocol === 'PLAINTEXT' || ((user ?? '') !== '' && (password ?? '') !== ''),
    { path: ['sasl_username'], message: 'expected user name and password' },
  );

/** Content of a plug-in that sends a log of calls to Kafka. Source: as above. */
export const kafka_log = z.looseObject({
  broker_list: z
    .array(z.string().regex(/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/, 'expected host:port'))
    .min(1)
    .max(10),
  topic: z.string().regex(/^[\w.-]{1,249}$/),
  /** Messages of one key keep their order. */
  key: z.string().max(255).nullish(),
  max_retry_count: z.int().min(0).max(5).default(3),
  /** Seconds. */
  retry_backoff: z.int().min(1).max(10).default(1),
  sasl_config: sasl.nullish(),
  meta_config: z
    .looseObject({
      system: z.partialRecord(z.enum(LOG_FIELDS), z.boolean()).nullish(),
      call_data: z
        .looseObject({
          log_request_header: flag(),
          request_header_filter: filter(),
          log_request_query_string: flag(),
          request_query_string_filter: filter(),
          log_request_body: flag(),
          log_response_header: flag(),
          response_header_filter: filter(),
          log_response_body: flag(),
          custom_authorizer: z.looseObject({ frontend: keys(), backend: keys() }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
