import { Module } from '@nestjs/common';
import { CreatePerson } from './create-person.operation.js';
import { MergeModule } from './merge/index.js';
import { FindPersons, PersonsController } from './persons/index.js';
import { RemovePerson } from './remove-person.operation.js';
import { UpdatePerson } from './update-person.operation.js';

/** People, their contact points, and finding the one we already know. */
@Module({
  imports: [MergeModule],
  controllers: [PersonsController],
  providers: [CreatePerson, FindPersons, RemovePerson, UpdatePerson],
})
export class PeopleModule {}
