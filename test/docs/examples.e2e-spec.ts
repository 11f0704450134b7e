import type { OpenApiDocument } from '../../src/jsonapi/openapi/index.js';
import type { Content, Operation, Parameter } from '../../src/jsonapi/openapi/openapi.js';
import { PlainClient } from '../people/plain-client.js';
import { ApiClient, type Method } from '../support/api-client.js';
import { ADMIN, bootApp, type TestApp } from '../support/boot-app.js';
import { Description } from '../support/description.js';

interface Described {
  readonly verb: string;
  readonly path: string;
  readonly operation: Operation;
  readonly place: string;
}

/** What cannot be taken, as the token of the example is in no mail and the secret is no client's, and what is beside the API. */
const LEFT_OUT = ['createPassword', 'createToken', 'health', 'readiness'];

const ORDER = ['get', 'post', 'patch', 'delete'];

describe('The examples in /openapi.json', () => {
  let server: TestApp;
  let description: Description;
  let document: OpenApiDocument;
  beforeAll(async () => {
    server = await bootApp();
    description = Description.of(server.app);
    document = (await server.app.inject({ method: 'GET', url: '/openapi.json' })).json();
  });
  afterAll(() => server.close());

  const operations = (): Described[] =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([verb, operation]) => ({
        ...{ verb, path, operation },
        place: `#/paths/${encodeURIComponent(path.replaceAll('/', '~1'))}/${verb}`,
      })),
    );

  const contentFaults = (content: Content, place: string): string[] =>
    Object.entries(content).flatMap(([type, { examples = {} }]) =>
      Object.entries(examples).flatMap(([name, { value }]) =>
        description
          .faults(`${place}/content/${encodeURIComponent(type.replaceAll('/', '~1'))}/schema`, value)
          .map((fault) => `${place} ${name}: ${fault}`),
      ),
    );

  it('stand at every operation, for what is sent and for what is answered', () => {
    const without = operations().filter(({ operation: { requestBody, responses } }) => {
      const answers = Object.values(responses).filter((one) => 'content' in one && one.content !== undefined);
      const contents = [...answers, ...(requestBody ? [requestBody] : [])].map(
        (one) => 'content' in one && one.content,
      );
      return contents.some(
        (one) => one && Object.values(one).every(({ examples }) => examples === undefined),
      );
    });
    expect(without.map(({ operation }) => operation.operationId)).toEqual([]);
  });

  it('are as the schemas beside them say', () => {
    const faults = operations().flatMap(({ operation, place }) => [
      ...contentFaults(operation.requestBody?.content ?? {}, `${place}/requestBody`),
      ...Object.entries(operation.responses).flatMap(([status, response]) =>
        'content' in response ? contentFaults(response.content ?? {}, `${place}/responses/${status}`) : [],
      ),
    ]);
    const shared = Object.entries(document.components.responses).flatMap(([name, { content = {} }]) =>
      contentFaults(content, `#/components/responses/${name}`),
    );
    expect([...faults, ...shared]).toEqual([]);
  });

  it('are taken by a new server, one after the other', async () => {
    const answers: string[] = [];
    const expected: string[] = [];
    const token = await signIn();
    const api = new ApiClient(server.app, token);
    const plain = new PlainClient(server.app, token);
    const all = operations().filter(({ operation: { operationId } }) => !LEFT_OUT.includes(operationId));
    for (const { verb, path, operation } of inOrder(all)) {
      const url = exampleUrl(path, operation);
      for (const [name, { value }] of bodiesOf(operation)) {
        const answer = url.includes('/persons/')
          ? await plain.post(url, value)
          : await api.send({
              ...{ method: verb.toUpperCase() as Method, path: url, body: value },
              headers: headersOf(operation),
            });
        const refusal = 'text' in answer ? answer.text : JSON.stringify(answer.error);
        const outcome = answer.status < 300 ? 'taken' : refusal;
        answers.push(`${operation.operationId} ${name}: ${outcome}`);
        expected.push(`${operation.operationId} ${name}: taken`);
      }
    }
    expect(answers).toEqual(expected);
    expect(expected.length).toBeGreaterThan(50);
  });

  /** By the example of the sign-in. */
  async function signIn(): Promise<string | undefined> {
    const { operation } = operations().find(
      (one) => one.operation.operationId === 'createSession',
    ) as Described;
    const value = bodiesOf(operation)[0]?.[1].value;
    expect(value).toMatchObject({ data: { attributes: ADMIN } });
    const answer = await new ApiClient(server.app).post('/sessions', value);
    return answer.header('x-mh-session');
  }
});

/** What is made is there when it is read; the last to be made is the first to go. */
function inOrder(all: readonly Described[]): Described[] {
  expect(all.filter(({ verb }) => !ORDER.includes(verb))).toEqual([]);
  const of = (verb: string, ends: boolean): Described[] =>
    all.filter((one) => one.verb === verb && one.path.includes('/relationships/') === ends);
  const both = (verb: string): Described[] => [...of(verb, false), ...of(verb, true)];
  return [
    ...both('post'),
    ...both('get'),
    ...both('patch'),
    ...all.filter(({ verb }) => verb === 'delete').reverse(),
  ];
}

const bodiesOf = ({ requestBody }: Operation): [string, { readonly value?: unknown }][] =>
  requestBody
    ? Object.values(requestBody.content).flatMap(({ examples = {} }) => Object.entries(examples))
    : [['', {}]];

/** The media type, where it is another than that of a document. */
const headersOf = ({ requestBody }: Operation): Record<string, string> => {
  const [type] = Object.keys(requestBody?.content ?? {});
  return type === undefined ? {} : { 'content-type': type };
};

const exampleUrl = (path: string, { parameters = [] }: Operation): string =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    const parameter = parameters.find((one): one is Parameter => 'name' in one && one.name === name);
    return String(parameter?.example);
  });
