import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { CreateGroup } from './create-group.operation.js';
import { UpdateGroup } from './update-group.operation.js';

/** Groups, memberships, who may reach what. */
@Module({ imports: [AuthModule], providers: [CreateGroup, UpdateGroup] })
export class GroupsModule {}
