import {
  Client,
  credentials as credentialsOf,
  Metadata,
  Server,
  ServerCredentials,
  type ChannelCredentials,
  type ClientOptions,
  type MethodDefinition,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

/** Methods of the service that tests call: messages are texts, in all four directions. */
export const GREETER: ServiceDefinition = {
  greet: method('Greet', false, false),
  collect: method('Collect', true, false),
  list: method('List', false, true),
  chat: method('Chat', true, true),
};

/** A server of gRPC on a free port. */
export interface GrpcBackend {
  /** `127.0.0.1:port`. */
  readonly address: string;
  dispose(): void;
}

/** Opens a server; encrypted when it is given a certificate. */
export async function openGrpcBackend(
  implementation: UntypedServiceImplementation,
  tls?: { readonly certificate: string; readonly key: string },
): Promise<GrpcBackend> {
  const server = new Server();
  server.addService(GREETER, implementation);
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [
          { cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.key) },
        ]);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { address: `127.0.0.1:${port}`, dispose: () => server.forceShutdown() };
}

/** A caller of gRPC that trusts the given issuer and asks for the given host. */
export function openGrpcCaller(port: number, ca: string, host: string): Client {
  const credentials: ChannelCredentials = credentialsOf.createSsl(Buffer.from(ca));
  const options: ClientOptions = {
    'grpc.default_authority': host,
    'grpc.ssl_target_name_override': 'localhost',
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
  };
  return new Client(`localhost:${port}`, credentials, options);
}

/** The parts of a method that a client's call needs. */
export function definitionOf(name: string): MethodDefinition<string, string> {
  const definition = GREETER[name];
  if (definition === undefined) throw new Error(`there is no method ${name}`);
  return definition as MethodDefinition<string, string>;
}

/** Metadata of the given fields. */
export function metadataOf(fields: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(fields)) metadata.set(name, value);
  return metadata;
}

function method(
  name: string,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<string, string> {
  return {
    path: `/test.Greeter/${name}`,
    requestStream,
    responseStream,
    requestSerialize: (text) => Buffer.from(text),
    requestDeserialize: (bytes) => bytes.toString(),
    responseSerialize: (text) => Buffer.from(text),
    responseDeserialize: (bytes) => bytes.toString(),
  };
}
