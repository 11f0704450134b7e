import { Module } from '@nestjs/common';
import { AssignablePeople } from '../contact-assignments/index.js';
import { GroupMembershipWrites } from '../groups/index.js';
import { PeopleReadUnassigned } from './assignable-people.js';
import { ChangeGroups } from './change-groups.operation.js';
import { ChangePerson } from './change-person.js';
import { WriteContactPoint } from './contact-point.operation.js';
import { CreatePerson } from './create-person.operation.js';
import { WriteGroupMembership } from './group-membership.operation.js';
import { MergeModule } from './merge/index.js';
import { FindPersons, PersonsController } from './persons/index.js';
import { PreparePeople } from './prepare-people.js';
import { RememberPersonParts } from './remember-person-parts.js';
import { RemovePerson } from './remove-person.operation.js';
import { UpdatePerson } from './update-person.operation.js';

/** People, what they consist of, and finding the one we already know. */
@Module({
  imports: [MergeModule],
  controllers: [PersonsController],
  providers: [
    ChangeGroups,
    ChangePerson,
    CreatePerson,
    FindPersons,
    PreparePeople,
    RememberPersonParts,
    RemovePerson,
    UpdatePerson,
    WriteContactPoint,
    { provide: AssignablePeople, useClass: PeopleReadUnassigned },
    { provide: GroupMembershipWrites, useClass: WriteGroupMembership },
  ],
})
export class PeopleModule {}
