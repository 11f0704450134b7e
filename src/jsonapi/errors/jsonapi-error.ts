import { CATALOG, type ErrorCode } from './catalog.js';

/** Where the problem stands: a JSON Pointer into the request as sent, a query parameter, or a header. */
export interface ErrorSource {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly header?: string;
}

/** One problem, told to a person: `detail` is a sentence that says what to do. */
export interface Problem {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly source?: ErrorSource;
  readonly meta?: Record<string, unknown>;
  /** A URI for this kind of problem, where a profile names one; becomes `links.type`. */
  readonly type?: string;
  /** Only where a client needs another than the catalog's. */
  readonly status?: number;
}

export const statusOf = ({ code, status }: Problem): number => status ?? CATALOG[code][0];

/** Nobody reads more at once, and a request of some megabytes could have a million. */
const MOST_TOLD = 100;

/** A refusal with one or more problems; becomes `errors[]` (JSON:API 1.1, error objects). */
export class JsonApiError extends Error {
  readonly problems: readonly Problem[];

  constructor(
    problems: readonly Problem[],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    const told = problems.slice(0, MOST_TOLD);
    super(told.map(({ code, detail }) => `${code}: ${detail}`).join('; '));
    this.problems = told;
  }

  static of(
    code: ErrorCode,
    detail: string,
    source?: ErrorSource,
    meta?: Record<string, unknown>,
  ): JsonApiError {
    return new JsonApiError([{ code, detail, source, meta }]);
  }

  /** 400 for a document that is not as JSON:API has it. */
  static malformed(this: void, detail: string, pointer: string): JsonApiError {
    return JsonApiError.of('malformed_document', detail, { pointer });
  }

  /** The same, with this place in the request for what has none of its own. */
  locatedAt(pointer: string): JsonApiError {
    const problems = this.problems.map((problem) =>
      Object.values(problem.source ?? {}).some((place) => place !== undefined)
        ? problem
        : { ...problem, source: { pointer } },
    );
    return new JsonApiError(problems, this.headers);
  }

  /** The status of the one kind of problem there is, else 400: the most general one. */
  get status(): number {
    const statuses = new Set(this.problems.map(statusOf));
    return statuses.size === 1 ? ([...statuses][0] as number) : 400;
  }
}

/** Gives the refusals of `work` this place in the request, where they name none. */
export async function locating<T>(pointer: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof JsonApiError ? error.locatedAt(pointer) : error;
  }
}
