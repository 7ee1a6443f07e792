import { rootCertificates } from 'node:tls';
import type { PluginContent } from '@apig/sdk/contract';

/** A message for a topic. */
export interface LogMessage {
  readonly key: string;
  readonly value: string;
}

/** Sends messages to the brokers of a plug-in. */
export interface KafkaClient {
  /** Fails when the brokers have not taken all of them. */
  send(messages: readonly LogMessage[]): Promise<void>;
  close(): Promise<void>;
}

const CONNECT_MS = 5000;
const REQUEST_MS = 10_000;

/** Makes a client; it connects when it first sends. */
export async function openKafkaClient(content: PluginContent<'kafka_log'>): Promise<KafkaClient> {
  // The library takes long to load, and few gateways need it.
  const { Producer, stringSerializers } = await import('@platformatic/kafka');
  const { broker_list: brokers, topic, max_retry_count: retries, retry_backoff: backoff } = content;
  const { security_protocol: protocol = 'PLAINTEXT', ssl_ca_content: ca } = content.sasl_config ?? {};
  const { sasl_username: username, sasl_password: password } = content.sasl_config ?? {};
  const producer = new Producer({
    clientId: 'apig-gateway',
    bootstrapBrokers: [...brokers],
    serializers: stringSerializers,
    retries,
    retryDelay: backoff * 1000,
    connectTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    // A log makes no topics: a slip in its name would go unnoticed.
    autocreateTopics: false,
    ...(protocol !== 'PLAINTEXT' && {
      sasl: { mechanism: 'PLAIN' as const, username: username ?? '', password: password ?? '' },
    }),
    ...(protocol === 'SASL_SSL' && {
      tls: { rejectUnauthorized: true, ...((ca ?? '') !== '' && { ca: [...rootCertificates, ca ?? ''] }) },
    }),
  });
  return {
    send: async (messages) => {
      await producer.send({
        acks: 1,
        messages: messages.map(({ key, value }) => ({ topic, value, ...(key !== '' && { key }) })),
      });
    },
    close: () => producer.close(true),
  };
}
