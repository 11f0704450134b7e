import { Module, type DynamicModule } from '@nestjs/common';
import { ENV, type Env } from '../config/index.js';
import { OWN_PROFILE_PATH } from '../jsonapi/http/index.js';
import { Registry } from '../jsonapi/index.js';
import { describeApi, describeProfile, type OpenApiPart } from '../jsonapi/openapi/index.js';
import { DocsController } from './docs.controller.js';
import { DESCRIPTION, PROFILE } from './descriptions.js';

/** What the API says of itself, for programs and for people. */
@Module({})
export class DocsModule {
  /** @param parts what is served beside the resources, each described in the room that serves it */
  static register(parts: readonly OpenApiPart[]): DynamicModule {
    return {
      module: DocsModule,
      controllers: [DocsController],
      providers: [
        {
          provide: DESCRIPTION,
          inject: [Registry, ENV],
          useFactory: (registry: Registry, { publicUrl, pageMaxSize }: Env) =>
            describeApi(registry, parts, { publicUrl, maxPageSize: pageMaxSize }),
        },
        {
          provide: PROFILE,
          inject: [Registry, ENV],
          useFactory: (registry: Registry, { publicUrl = '', pageMaxSize }: Env) =>
            describeProfile(registry, `${publicUrl}${OWN_PROFILE_PATH}`, pageMaxSize),
        },
      ],
    };
  }
}
