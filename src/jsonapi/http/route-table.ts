import { Injectable } from '@nestjs/common';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { JsonApiRequest } from './jsonapi-request.js';

/** What the router knows, to tell a wrong method from a wrong address. Filled while the routes are made. */
@Injectable()
export class RouteTable {
  private readonly routes: { url: string; pattern: RegExp; methods: string[] }[] = [];

  /** @param url with `:parameters`, as Fastify knows it */
  add(url: string, methods: readonly string[]): void {
    if (url.includes('*')) return;
    const pattern = new RegExp(`^${url.replace(/[.]/g, '\\.').replace(/:[^/]+/g, '[^/]+')}/?$`);
    this.routes.push({ url, pattern, methods: [...methods] });
  }

  /** Every address that is served. */
  get urls(): string[] {
    return [...new Set(this.routes.map(({ url }) => url))];
  }

  /** Why no route took the request: 405 with what is possible there, or 404. */
  refusalOf({ originalUrl, method }: Pick<JsonApiRequest, 'originalUrl' | 'method'>): JsonApiError {
    const allowed = this.methodsOf(originalUrl.split('?')[0] as string);
    // The router has its own reasons not to take a path, such as a slash at the end.
    if (allowed.length === 0 || allowed.includes(method))
      return JsonApiError.of('not_found', 'There is nothing at this address.');
    const detail = `${method} is not possible here; possible: ${allowed.join(', ')}.`;
    return new JsonApiError([{ code: 'method_not_allowed', detail }], { Allow: allowed.join(', ') });
  }

  /** The methods of an address; none: there is nothing. */
  methodsOf(path: string): string[] {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].filter((method) => method !== 'PUT').sort();
  }
}
