import { allows, type Relationship } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { BASE_PATH } from '../response/links.js';
import { schemaRef } from './document-schemas.js';
import { errorResponses } from './error-responses.js';
import { Examples } from './examples.js';
import { oneOf, pascal, words } from './names.js';
import { ref, type Operation, type Parameter, type PathItem, type Ref, type Response } from './openapi.js';
import { answerOf, bodyOf, headerRefs } from './exchanges.js';
import {
  fieldsRefs,
  filterParameters,
  includeParameter,
  pageRefs,
  sortParameter,
} from './query-parameters.js';

type Parameters = readonly (Parameter | Ref)[];

/** Statuses that any request may meet. */
const ANYWHERE = [400, 401, 406, 415, 429, 500, 503];
const WRITES = [...ANYWHERE, 403, 404, 409, 413, 422];
const CHANGES = [...WRITES, 412];

/** The routes of every type, as `resource.controller.ts` serves them; a verb that the type has no rule for is left out. */
export function resourcePaths(registry: Registry): Record<string, PathItem> {
  return Object.assign({}, ...registry.all.map((resource) => new ResourcePaths(registry, resource).all()));
}

class ResourcePaths {
  private readonly name: string;
  private readonly words: string;
  private readonly examples: Examples;
  private readonly fields: Ref[];

  constructor(
    private readonly registry: Registry,
    private readonly resource: Resource,
  ) {
    this.name = pascal(resource.type);
    this.words = oneOf(resource.type);
    this.examples = new Examples(registry);
    this.fields = fieldsRefs(registry.all);
  }

  all(): Record<string, PathItem> {
    const collection = `${BASE_PATH}/${this.resource.path}`;
    const one = `${collection}/{id}`;
    const ends = Object.entries(this.resource.relationships).flatMap(([name, end]) => [
      [`${one}/${name}`, { get: this.related(name, end) }] as const,
      [
        `${one}/relationships/${name}`,
        { get: this.relationship(name, end), ...(end.write === true && this.relationshipWrites(name, end)) },
      ] as const,
    ]);
    return {
      [collection]: { get: this.list(), ...(allows(this.resource, 'create') && { post: this.create() }) },
      [one]: {
        get: this.read(),
        ...(allows(this.resource, 'update') && { patch: this.update() }),
        ...(allows(this.resource, 'remove') && { delete: this.remove() }),
      },
      ...Object.fromEntries(ends),
    };
  }

  private list(): Operation {
    return this.operation(`list${pascal(this.resource.path)}`, `List ${words(this.resource.path)}`, {
      parameters: [...this.manyParameters(this.resource), ifNoneMatch],
      responses: {
        200: answerOf(
          'A page of them.',
          schemaRef(`${this.name}Collection`),
          this.examples.collection(this.resource),
        ),
        ...NOT_MODIFIED,
        ...errorResponses(ANYWHERE),
      },
    });
  }

  private create(): Operation {
    const schema = schemaRef(`${this.name}CreatedDocument`);
    const example = this.examples.created(this.resource);
    const dry = this.resource.createParameters?.includes('dry_run');
    const made = dry ? 'Made; in a dry run, what would be.' : 'Made.';
    return this.operation(`create${this.name}`, `Add ${this.words}`, {
      parameters: [...this.ownParameters(), ...this.oneParameters(this.resource), idempotencyKey],
      requestBody: bodyOf(schemaRef(`${this.name}Create`), this.examples.creations(this.resource)),
      responses: {
        200: answerOf('It was there already; this is how it is now.', schema, example, [REPLAYED]),
        201: answerOf(made, schema, example, ['Location', REPLAYED]),
        ...errorResponses(WRITES),
      },
    });
  }

  private read(): Operation {
    return this.operation(`get${this.name}`, `Read ${this.words}`, {
      parameters: [this.id(), ...this.oneParameters(this.resource), ifNoneMatch],
      responses: {
        200: answerOf('The one.', schemaRef(`${this.name}Document`), this.examples.document(this.resource)),
        ...NOT_MODIFIED,
        ...errorResponses([...ANYWHERE, 404]),
      },
    });
  }

  private update(): Operation {
    const schema = schemaRef(`${this.name}OrNoneDocument`);
    return this.operation(`update${this.name}`, `Change ${this.words}`, {
      parameters: [this.id(), ...this.oneParameters(this.resource), ifMatch, idempotencyKey],
      requestBody: bodyOf(schemaRef(`${this.name}Update`), this.examples.changes(this.resource)),
      responses: {
        200: answerOf(
          'As it is now, or `null` when you cannot read it any more.',
          schema,
          this.examples.document(this.resource),
          [REPLAYED],
        ),
        ...errorResponses(CHANGES),
      },
    });
  }

  private remove(): Operation {
    return this.operation(`delete${this.name}`, `Delete ${this.words}`, {
      parameters: [this.id(), ifMatch, idempotencyKey],
      responses: {
        204: { description: 'Gone.', headers: headerRefs(['X-Request-Id', 'X-MH-Session', REPLAYED]) },
        ...errorResponses(CHANGES),
      },
    });
  }

  private related(name: string, end: Relationship): Operation {
    const target = this.registry.get(end.type);
    const many = end.kind === 'to-many';
    const schema = schemaRef(`${pascal(end.type)}${many ? 'Collection' : 'OrNoneDocument'}`);
    const example = many ? this.examples.collection(target) : this.examples.document(target);
    return this.operation(`get${this.name}${pascal(name)}`, `Read the ${words(name)} of ${this.words}`, {
      parameters: [
        this.id(),
        ...(many ? this.manyParameters(target) : this.oneParameters(target)),
        ifNoneMatch,
      ],
      responses: {
        200: answerOf(many ? 'A page of them.' : 'The one, or `null`.', schema, example),
        ...NOT_MODIFIED,
        ...errorResponses([...ANYWHERE, 404]),
      },
    });
  }

  private relationship(name: string, end: Relationship): Operation {
    const many = end.kind === 'to-many';
    const schema = schemaRef(`${pascal(end.type)}${many ? 'Linkages' : 'Linkage'}`);
    const example = this.examples.linkage(this.resource, name);
    return this.operation(
      `get${this.name}${pascal(name)}Relationship`,
      `Read which ${words(name)} ${this.words} has`,
      {
        parameters: [this.id(), ...(many ? pageRefs() : []), ifNoneMatch],
        responses: {
          200: answerOf('The linkage alone.', schema, example),
          ...NOT_MODIFIED,
          ...errorResponses([...ANYWHERE, 404]),
        },
      },
    );
  }

  private relationshipWrites(name: string, end: Relationship): PathItem {
    const many = end.kind === 'to-many';
    const type = pascal(end.type);
    const write = (verb: string, sentence: string): Operation =>
      this.operation(`${verb}${this.name}${pascal(name)}Relationship`, sentence, {
        parameters: [this.id(), ifMatch, idempotencyKey],
        requestBody: bodyOf(
          schemaRef(many ? `${type}Ends` : `${type}End`),
          this.examples.ends(this.resource, name),
        ),
        responses: {
          200: answerOf(
            'The linkage as it is now.',
            schemaRef(`${type}${many ? 'Linkages' : 'Linkage'}`),
            this.examples.linkage(this.resource, name),
            [REPLAYED],
          ),
          ...errorResponses(CHANGES),
        },
      });
    const patch = write('replace', `Set the ${words(name)} of ${this.words}`);
    if (!many) return { patch };
    return {
      post: write('add', `Add ${words(name)} to ${this.words}`),
      patch,
      delete: write('remove', `Take ${words(name)} out of ${this.words}`),
    };
  }

  private operation(
    operationId: string,
    summary: string,
    rest: Pick<Operation, 'parameters' | 'requestBody' | 'responses'>,
  ): Operation {
    return {
      operationId,
      summary,
      tags: [this.resource.type],
      ...rest,
      parameters: [...(rest.parameters ?? []), requestId],
    };
  }

  private oneParameters(shown: Resource): Parameters {
    return [...includeParameter(shown), ...this.fields];
  }

  private manyParameters(shown: Resource): Parameters {
    const which = [...filterParameters(shown), sortParameter(shown), ...pageRefs()];
    return [...includeParameter(shown), ...which, ...this.fields];
  }

  /** `dry_run` and the like. */
  private ownParameters(): Parameter[] {
    return (this.resource.createParameters ?? []).map((name) => {
      const told = this.resource.about?.parameters?.[name];
      return {
        name,
        in: 'query',
        ...(told && { description: told.about }),
        schema: { type: 'string', ...(told && { enum: told.values }) },
      };
    });
  }

  private id(): Parameter {
    const { idAlias } = this.resource;
    return {
      name: 'id',
      in: 'path',
      required: true,
      description: idAlias ? `The id, or \`me\`.` : 'The id.',
      schema: idAlias ? { type: 'string', pattern: '^([0-9]{1,19}|me)$' } : schemaRef('Id'),
      example: this.examples.idOf(this.resource.type),
    };
  }
}

const REPLAYED = 'Idempotency-Replayed';
const idempotencyKey = ref('parameters', 'Idempotency-Key');
const ifMatch = ref('parameters', 'If-Match');
const ifNoneMatch = ref('parameters', 'If-None-Match');
const requestId = ref('parameters', 'X-Request-Id');

const NOT_MODIFIED: Readonly<Record<string, Response>> = {
  304: {
    description: 'As `If-None-Match` says.',
    headers: headerRefs(['X-Request-Id', 'X-MH-Session', 'ETag']),
  },
};
