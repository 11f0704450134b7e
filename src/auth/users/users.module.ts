import { Module } from '@nestjs/common';
import { AuthModule } from '../auth.module.js';
import { CreateUser } from './create-user.operation.js';
import { UpdateUser } from './update-user.operation.js';

/** Logins as a resource. Needs `JsonApiModule`, which `AuthModule` by itself does not. */
@Module({ imports: [AuthModule], providers: [CreateUser, UpdateUser] })
export class UsersModule {}
