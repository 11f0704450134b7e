import type { ResourceDefinition } from '../../../src/jsonapi/index.js';
import { World, type Caller } from './world.factory.js';

/**
 * A small world in which no relationship is empty: a choir with a child group, its owner Ada with a login, and two
 * contacts with e-mails, phones and assignments.
 */
export interface Choir {
  readonly world: World;
  /** Owner of the choir, and so of the altos below it. */
  readonly ada: Caller;
  readonly choir: string;
  readonly altos: string;
  readonly carl: string;
  readonly dora: string;
  readonly emails: { readonly carl: string; readonly carlAtWork: string; readonly dora: string };
  readonly phones: { readonly carl: string };
  /** Whose membership it is, and where. */
  readonly memberships: { readonly ada: string; readonly carl: string; readonly dora: string };
  readonly assignments: {
    readonly carlToAda: string;
    readonly doraToCarl: string;
    readonly adaToDora: string;
  };
}

export async function bootChoir(
  settings?: NodeJS.ProcessEnv,
  further?: readonly ResourceDefinition[],
): Promise<Choir> {
  const world = await World.boot(settings, further);
  const choir = await world.group('Choir');
  const altos = await world.group('Altos', { parent_id: choir });
  const ada = await world.caller('Ada');
  const carl = await world.person({
    first_name: 'Carl',
    last_name: 'Nielsen',
    created_by_id: ada.personId,
  });
  const dora = await world.person({ first_name: 'Dora', last_name: 'Pejačević', birth_date: '1885-09-10' });
  return {
    world,
    ada,
    choir,
    altos,
    carl,
    dora,
    emails: {
      carl: await world.email(carl, 'Carl@example.org', true),
      carlAtWork: await world.email(carl, 'carl@work.example'),
      dora: await world.email(dora, 'dora@example.org', true),
    },
    phones: { carl: await world.phone(carl, '+4533123456', true) },
    memberships: {
      ada: await world.member(ada.personId, choir, 'owner'),
      carl: await world.member(carl, choir, 'contact', { external_ref: 'c-1' }),
      dora: await world.member(dora, altos),
    },
    assignments: {
      carlToAda: await world.assignment(ada.personId, carl, {
        group_id: choir,
        note: 'sings bass',
        assigned_by_id: ada.personId,
      }),
      doraToCarl: await world.assignment(carl, dora, { group_id: altos, assigned_by_id: ada.personId }),
      adaToDora: await world.assignment(dora, ada.personId),
    },
  };
}
