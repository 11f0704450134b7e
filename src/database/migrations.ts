import { CreatePeople1764000000000 } from '../../migrations/1764000000000-create-people.js';
import { ShowTheDuplicateQueue1764000100000 } from '../../migrations/1764000100000-show-the-duplicate-queue.js';
import { VersionRows1764000300000 } from '../../migrations/1764000300000-version-rows.js';
import { IdempotencyKeys1764000310000 } from '../../migrations/1764000310000-idempotency-keys.js';
import { LimitRates1764000500000 } from '../../migrations/1764000500000-limit-rates.js';
import { InviteUsers1764000510000 } from '../../migrations/1764000510000-invite-users.js';
import { KnowApiClients1764000520000 } from '../../migrations/1764000520000-know-api-clients.js';
import { FindPeopleByParts1764000610000 } from '../../migrations/1764000610000-find-people-by-parts.js';
import { FindPeopleByName1764001000000 } from '../../migrations/1764001000000-find-people-by-name.js';
import { KeepAddresses1764002000000 } from '../../migrations/1764002000000-keep-addresses.js';
import { ListChangesByTime1764002100000 } from '../../migrations/1764002100000-list-changes-by-time.js';
import { KeepPersonalAssignmentsApart1764002200000 } from '../../migrations/1764002200000-keep-personal-assignments-apart.js';
import { RememberTheReachOfKeys1764002210000 } from '../../migrations/1764002210000-remember-the-reach-of-keys.js';
import { ReadWhatIsNew1764002300000 } from '../../migrations/1764002300000-read-what-is-new.js';
import { ForgetEvidenceOfGoneGroups1764002400000 } from '../../migrations/1764002400000-forget-evidence-of-gone-groups.js';

/** In the order in which they run. */
export const migrations = [
  CreatePeople1764000000000,
  ShowTheDuplicateQueue1764000100000,
  VersionRows1764000300000,
  IdempotencyKeys1764000310000,
  LimitRates1764000500000,
  InviteUsers1764000510000,
  KnowApiClients1764000520000,
  FindPeopleByParts1764000610000,
  FindPeopleByName1764001000000,
  KeepAddresses1764002000000,
  ListChangesByTime1764002100000,
  KeepPersonalAssignmentsApart1764002200000,
  RememberTheReachOfKeys1764002210000,
  ReadWhatIsNew1764002300000,
  ForgetEvidenceOfGoneGroups1764002400000,
];
