import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { addressResource } from './addresses/index.js';
import {
  AccountsModule,
  apiClientResource,
  AuthGuard,
  AuthModule,
  callerKey,
  KeyedDigest,
  oauth2Api,
  oauth2Routes,
  passwordLinksApi,
  RateLimitGuard,
  reachText,
  SessionRefreshInterceptor,
  sessionsApi,
  stillReaches,
  userResource,
  type Actor,
} from './auth/index.js';
import { ENV, type Env } from './config/index.js';
import { contactAssignmentResource, ContactAssignmentsModule } from './contact-assignments/index.js';
import { Database } from './database/index.js';
import { DocsModule } from './docs/index.js';
import { groupMembershipResource, groupResource, GroupsModule } from './groups/index.js';
import { healthApi } from './health/index.js';
import { JsonApiModule, type Callers, type ResourceDefinition } from './jsonapi/index.js';
import { ErrorFilter, NegotiateGuard } from './jsonapi/http/index.js';
import {
  emailAddressResource,
  PeopleModule,
  personChangeResource,
  personDuplicateResource,
  personResource,
  personsApi,
  personsRoutes,
  phoneNumberResource,
} from './people/index.js';

/** Every resource type that the API serves. */
export const resources = [
  personResource,
  emailAddressResource,
  phoneNumberResource,
  addressResource,
  groupResource,
  groupMembershipResource,
  contactAssignmentResource,
  personChangeResource,
  personDuplicateResource,
  userResource,
  apiClientResource,
];

/** What is served beside the resources, for `/openapi.json`. */
const descriptions = [sessionsApi, oauth2Api, passwordLinksApi, personsApi, healthApi];

/** Who asks, as the protocol has to know it. */
const callers: Callers = {
  key: (actor) => callerKey(actor as Actor),
  reach: {
    of: (actor) => reachText(actor as Actor),
    covers: (actor, kept) => stillReaches(actor as Actor, kept),
  },
  digest: { inject: [KeyedDigest], useFactory: (digest: KeyedDigest) => (text: string) => digest.of(text) },
  imports: [AuthModule],
};

/** The settings and the database, for every room. */
@Global()
@Module({})
class GroundModule {
  static register(env: Env, database: Database): DynamicModule {
    const providers = [
      { provide: ENV, useValue: env },
      { provide: Database, useValue: database },
    ];
    return { module: GroundModule, providers, exports: [ENV, Database] };
  }
}

/** The map: the rooms, and what every request passes, in this order. */
@Module({})
export class AppModule {
  /** @param further resource types beside the product's own */
  static register(env: Env, database: Database, further: readonly ResourceDefinition[] = []): DynamicModule {
    return {
      module: AppModule,
      imports: [
        GroundModule.register(env, database),
        AuthModule,
        AccountsModule,
        GroupsModule,
        ContactAssignmentsModule,
        PeopleModule,
        JsonApiModule.register([...resources, ...further], callers, [personsRoutes, oauth2Routes]),
        DocsModule.register(descriptions),
      ],
      providers: [
        { provide: APP_GUARD, useClass: NegotiateGuard },
        { provide: APP_GUARD, useExisting: AuthGuard },
        { provide: APP_GUARD, useExisting: RateLimitGuard },
        { provide: APP_INTERCEPTOR, useExisting: SessionRefreshInterceptor },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }
}
