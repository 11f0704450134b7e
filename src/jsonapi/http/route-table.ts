import { Injectable } from '@nestjs/common';

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

  /** The methods of an address; none: there is nothing. */
  methodsOf(path: string): string[] {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].filter((method) => method !== 'PUT').sort();
  }
}
