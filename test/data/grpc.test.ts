import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  status,
  type Client,
  type Metadata,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { makeCertificate } from '../support/certificates.ts';
import {
  definitionOf,
  metadataOf,
  openGrpcBackend,
  openGrpcCaller,
  type GrpcBackend,
} from '../support/grpc.ts';
import { later } from '../support/http2.ts';
import { openTraffic, type ApiInput, type Published, type Traffic } from '../support/traffic.ts';

type Unary = ServerUnaryCall<string, string>;

let traffic: Traffic;
let backend: GrpcBackend;
let encrypted: GrpcBackend;
let caller: Client;
let published: Published;
let greet: (call: Unary, answer: sendUnaryData<string>) => void;

const IMPLEMENTATION = {
  greet: (call: Unary, answer: sendUnaryData<string>) => greet(call, answer),
  collect: (call: ServerReadableStream<string, string>, answer: sendUnaryData<string>) => {
    const texts: string[] = [];
    call.on('data', (text: string) => texts.push(text));
    call.on('end', () => answer(null, texts.join(' ')));
  },
  list: (call: ServerWritableStream<string, string>) => {
    for (const letter of call.request) call.write(letter);
    call.end(metadataOf({ 'x-count': String(call.request.length) }));
  },
  chat: (call: ServerDuplexStream<string, string>) => {
    call.on('data', (text: string) => call.write(`${text}!`));
    call.on('end', () => call.end());
  },
};

const greetUsually: typeof greet = (call, answer) => answer(null, `hello ${call.request}`);

function api(input: Partial<NonNullable<ApiInput['httpBackend']>> = {}): ApiInput {
  return {
    path: '/test.Greeter',
    matchMode: 'PREFIX',
    method: 'POST',
    protocol: 'GRPCS',
    httpBackend: { address: backend.address, protocol: 'GRPC', method: 'POST', path: '/', ...input },
  };
}

beforeAll(async () => {
  const certificate = await makeCertificate(['127.0.0.1']);
  backend = await openGrpcBackend(IMPLEMENTATION);
  encrypted = await openGrpcBackend(IMPLEMENTATION, certificate);
  traffic = await openTraffic({
    https: true,
    backendTls: { verify: true, ca: certificate.certificate },
    timeouts: { bodyMs: 200 },
  });
  published = traffic.publish(api());
  caller = openGrpcCaller(traffic.https.port, traffic.dataPlane.certificate ?? '', traffic.domain);
});

beforeEach(() => {
  greet = greetUsually;
  traffic.publishAgain(published, api());
});

afterAll(async () => {
  caller.close();
  await traffic.dispose();
  backend.dispose();
  encrypted.dispose();
});

interface Greeting {
  readonly text: string | undefined;
  readonly error: ServiceError | null;
  readonly trailers: Metadata | undefined;
}

function ask(
  name: string,
  fields: Readonly<Record<string, string>> = {},
  deadlineMs?: number,
): Promise<Greeting> {
  const { path, requestSerialize, responseDeserialize } = definitionOf('greet');
  const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
  return new Promise((resolve) => {
    let trailers: Metadata | undefined;
    const call = caller.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      name,
      metadataOf(fields),
      options,
      (error, text) => setImmediate(() => resolve({ text, error, trailers })),
    );
    call.on('status', ({ metadata }) => (trailers = metadata));
  });
}

describe('a gRPC API', () => {
  test('passes a call and its answer on', async () => {
    let seen: Metadata | undefined;
    greet = (call, answer) => {
      seen = call.metadata;
      answer(null, `hello ${call.request}`);
    };
    const { text, error } = await ask('ann', { 'x-own': 'yes' });
    expect({ text, error }).toEqual({ text: 'hello ann', error: null });
    expect(seen?.get('x-own')).toEqual(['yes']);
    expect(seen?.get('x-request-id')[0]).toMatch(/^[\da-f]{32}$/);
  });

  test('passes the status and the trailers of the backend on', async () => {
    greet = (_, answer) => {
      answer({ code: status.NOT_FOUND, details: 'nobody', metadata: metadataOf({ 'x-why': 'gone' }) });
    };
    const { error } = await ask('ann');
    expect(error).toMatchObject({ code: status.NOT_FOUND, details: 'nobody' });
    expect(error?.metadata.get('x-why')).toEqual(['gone']);
  });

  test('reaches a backend over TLS', async () => {
    traffic.publishAgain(published, api({ address: encrypted.address, protocol: 'GRPCS' }));
    await expect(ask('ann')).resolves.toMatchObject({ text: 'hello ann', error: null });
  });

  test('passes messages of the caller on as they come', async () => {
    const { path, requestSerialize, responseDeserialize } = definitionOf('collect');
    const answered = later<string | undefined>();
    const call = caller.makeClientStreamRequest(path, requestSerialize, responseDeserialize, (_, text) =>
      answered.resolve(text),
    );
    call.write('one');
    call.write('two');
    call.end();
    await expect(answered.promise).resolves.toBe('one two');
  });

  test('passes messages of the backend on, and what follows them', async () => {
    const { path, requestSerialize, responseDeserialize } = definitionOf('list');
    const call = caller.makeServerStreamRequest(path, requestSerialize, responseDeserialize, 'abc');
    const texts: string[] = [];
    call.on('data', (text: string) => texts.push(text));
    const [{ metadata }] = (await once(call, 'status')) as [{ metadata: Metadata }];
    expect(texts).toEqual(['a', 'b', 'c']);
    expect(metadata.get('x-count')).toEqual(['3']);
  });

  test('lets both sides speak in turn, with pauses as long as they like', async () => {
    const { path, requestSerialize, responseDeserialize } = definitionOf('chat');
    const call = caller.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    for (const text of ['one', 'two', 'three']) {
      // Longer than a body of HTTP may pause.
      await new Promise((resolve) => setTimeout(resolve, text === 'three' ? 700 : 0));
      call.write(text);
      await expect(once(call, 'data')).resolves.toEqual([`${text}!`]);
    }
    call.end();
    call.resume();
    const [{ code }] = (await once(call, 'status')) as [{ code: number }];
    expect(code).toBe(status.OK);
  });

  test('tells the backend how long the caller waits, and gives up then', async () => {
    const gone = later<undefined>();
    let timeout: unknown;
    greet = (call) => {
      timeout = call.getDeadline();
      call.on('cancelled', () => gone.resolve(undefined));
    };
    const { error } = await ask('ann', {}, 300);
    expect(error?.code).toBe(status.DEADLINE_EXCEEDED);
    // Without a time it would never come.
    expect(Number(timeout)).toBeLessThan(Date.now() + 5000);
    await gone.promise;
  });

  test('gives up a backend that is late', async () => {
    greet = () => undefined;
    traffic.publishAgain(published, api({ timeoutMs: 100 }));
    const { error } = await ask('ann');
    expect(error).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(error?.details).toMatch(/^APIG\.0203: /);
  });

  test('says that a backend is not there', async () => {
    traffic.publishAgain(published, api({ address: '127.0.0.1:1' }));
    const { error } = await ask('ann');
    expect(error).toMatchObject({ code: status.UNAVAILABLE });
    expect(error?.details).toMatch(/^APIG\.0202: /);
  });

  test('takes a call back that the caller takes back', async () => {
    const gone = later<undefined>();
    const here = later<undefined>();
    greet = (call) => {
      call.on('cancelled', () => gone.resolve(undefined));
      here.resolve(undefined);
    };
    const { path, requestSerialize, responseDeserialize } = definitionOf('greet');
    const call = caller.makeUnaryRequest(path, requestSerialize, responseDeserialize, 'ann', () => undefined);
    await here.promise;
    call.cancel();
    await gone.promise;
  });

  test('refuses in the words of gRPC', async () => {
    traffic.publishAgain(published, { ...api(), authentication: 'APP' });
    const { error } = await ask('ann');
    expect(error).toMatchObject({ code: status.UNAUTHENTICATED });
    expect(error?.details).toMatch(/^APIG\.03\d\d: /);
  });

  test('is limited', async () => {
    const throttle = traffic.createThrottle({ timeInterval: 1, timeUnit: 'DAY', apiCallLimit: 1 });
    const limited = traffic.publish({ ...api(), path: '/test.Limited' });
    const tie = traffic.bind('throttleBinding', throttle, limited);
    const call = () =>
      new Promise<number | undefined>((resolve) => {
        const { requestSerialize, responseDeserialize } = definitionOf('greet');
        caller.makeUnaryRequest('/test.Limited/Greet', requestSerialize, responseDeserialize, 'a', (error) =>
          resolve(error?.code),
        );
      });
    await expect(call()).resolves.toBe(status.UNIMPLEMENTED);
    await expect(call()).resolves.toBe(status.UNAVAILABLE);
    traffic.remove('throttleBinding', tie);
  });

  test('is no HTTP API', async () => {
    const answer = await traffic.call({
      path: '/test.Greeter/Greet',
      method: 'POST',
      secure: true,
      body: 'x',
    });
    expect(answer.code).toBe('APIG.0607');
  });
});
