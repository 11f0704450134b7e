import { Module } from '@nestjs/common';
import { AuthModule } from './auth.module.js';
import { CreateApiClient } from './clients/create-api-client.operation.js';
import { RevokeApiClient } from './clients/revoke-api-client.operation.js';
import { CreateUser } from './users/create-user.operation.js';
import { UpdateUser } from './users/update-user.operation.js';

/** Users and API clients as resources. Needs `JsonApiModule`, which `AuthModule` by itself does not. */
@Module({ imports: [AuthModule], providers: [CreateApiClient, CreateUser, RevokeApiClient, UpdateUser] })
export class AccountsModule {}
