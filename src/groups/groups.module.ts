import { Module } from '@nestjs/common';
import { CreateGroup } from './create-group.operation.js';

/** Groups, memberships, who may reach what. */
@Module({ providers: [CreateGroup] })
export class GroupsModule {}
