import type { IncomingHttpHeaders } from 'node:http';

/** What the room reads of a Fastify request. */
export interface JsonApiRequest {
  readonly id: string;
  readonly method: string;
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes, collected up to the limit; undefined when none came. */
  readonly body: unknown;
  /** Who asks; set by the deployment's guard. */
  readonly user?: unknown;
  /** Set by the negotiation: `application/json` was spoken. */
  lenient: boolean;
  /** Set by the negotiation: the profiles that `Accept` asks for, known or not. */
  profiles: readonly string[];
  /** Set by the negotiation: the extension of JSON:API that the route speaks. */
  extension?: string;
}
