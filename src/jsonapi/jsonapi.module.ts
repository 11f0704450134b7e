import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { ENV, type Env } from '../config/index.js';
import { Database } from '../database/index.js';
import { PLAIN_ROUTES, PlainSpeech, type PlainRoutes } from './http/plain-routes.js';
import { OperationsController } from './http/operations.controller.js';
import { resourceController } from './http/resource.controller.js';
import { RouteTable } from './http/route-table.js';
import { UnknownRouteController } from './http/unknown-route.controller.js';
import { AtomicOperations } from './atomic/atomic-operations.js';
import { PerformOperations } from './atomic/perform-operations.js';
import { Idempotency } from './idempotency/idempotency.js';
import {
  CALLER_KEY,
  CALLER_REACH,
  KEYED_DIGEST,
  type CallerKey,
  type CallerReach,
  type KeyedDigest,
} from './operations/caller-key.js';
import { ChangeRelationship } from './operations/change-relationship.js';
import { CreateResource } from './operations/create-resource.js';
import { Parts } from './operations/parts.js';
import { ReadEndpoints } from './operations/read-endpoints.js';
import { RemoveResource } from './operations/remove-resource.js';
import { RequestContexts } from './operations/request-context.js';
import { ShowResource } from './operations/show-resource.js';
import { UpdateResource } from './operations/update-resource.js';
import { WriteEndpoints } from './operations/write-endpoints.js';
import { Writes } from './operations/writes.js';
import type { ResourceDefinition } from './resource/define-resource.js';
import { Registry } from './resource/registry.js';
import { DocumentBuilder } from './response/build-document.js';
import { Links } from './response/links.js';
import { findTrigrams } from './store/find-trigrams.js';
import { Store } from './store/store.js';

/** What the room has to know of those who ask, which is another room's to say. */
export interface Callers {
  readonly key: CallerKey;
  readonly reach: CallerReach;
  readonly digest: Pick<FactoryProvider<KeyedDigest>, 'inject' | 'useFactory'>;
  /** Where what `digest` injects comes from. */
  readonly imports: ModuleMetadata['imports'];
}

/** Serves the given resource types, beside routes that speak plain JSON. Needs `ENV` and `Database` from a global module. */
@Module({})
export class JsonApiModule {
  static register(
    definitions: readonly ResourceDefinition[],
    callers: Callers,
    plain: readonly PlainRoutes[] = [],
  ): DynamicModule {
    return {
      module: JsonApiModule,
      global: true,
      imports: callers.imports ?? [],
      controllers: [OperationsController, ...definitions.map(resourceController), UnknownRouteController],
      providers: [
        AtomicOperations,
        ChangeRelationship,
        CreateResource,
        Idempotency,
        PerformOperations,
        PlainSpeech,
        { provide: PLAIN_ROUTES, useValue: plain },
        Parts,
        ReadEndpoints,
        RemoveResource,
        RequestContexts,
        RouteTable,
        ShowResource,
        UpdateResource,
        WriteEndpoints,
        Writes,
        { provide: CALLER_KEY, useValue: callers.key },
        { provide: CALLER_REACH, useValue: callers.reach },
        { provide: KEYED_DIGEST, ...callers.digest },
        {
          provide: Registry,
          inject: [Database],
          useFactory: ({ dataSource }: Database) => new Registry(definitions, dataSource),
        },
        {
          provide: Store,
          inject: [Registry, ENV, Database],
          useFactory: async (registry: Registry, env: Env, database: Database) =>
            new Store(registry, {
              linkageLimit: env.linkageMaxSize,
              trigrams: await findTrigrams(database),
            }),
        },
        {
          provide: DocumentBuilder,
          inject: [Registry, ENV],
          useFactory: (registry: Registry, env: Env) =>
            new DocumentBuilder(registry, new Links(env.publicUrl), env.pageMaxSize),
        },
      ],
      exports: [
        Parts,
        PlainSpeech,
        CreateResource,
        Idempotency,
        Registry,
        RouteTable,
        UpdateResource,
        RemoveResource,
      ],
    };
  }
}
